using ML.Yolo.Training;
using static TorchSharp.torch;

namespace ML.Yolo.Tests.Training;

/// <summary>All that a step needs, around a network whose norms stay as they are.</summary>
internal sealed class Learner : IDisposable
{
    public const int ImageSize = 64;

    private readonly DeviceReplicas _replicas;
    private readonly DetectionLoss _loss;
    private readonly Optimization _optimization;
    private readonly ExponentialMovingAverage _average;
    private readonly RunningMean _losses;
    private readonly TrainingStep _step;

    /// <param name="network">The network; owned from here on.</param>
    /// <param name="exchange">With whom it agrees.</param>
    /// <param name="settings">How it learns.</param>
    /// <param name="loss">What it learns by; YOLOv5's loss where omitted.</param>
    public Learner(YoloNetwork network, GradientExchange exchange, OptimizerSettings settings, DetectionLossOptions? loss = null)
    {
        Network = network;
        network.eval();
        _replicas = new DeviceReplicas(network, [CPU], TrainingPrecision.Full, frozenLayers: 0);
        _loss = DetectionLoss.Create(loss ?? new YoloV5LossOptions(), network.Strides, network.ClassCount, network.Anchors);
        _optimization = new Optimization(network, settings, batchesPerEpoch: 100);
        _average = new ExponentialMovingAverage(network, TinySettings.Averaging);
        _losses = new RunningMean(_loss.TermNames, CPU);
        _step = new TrainingStep(_replicas, _loss, new BatchScale(ImageSize, stride: 32, gain: 0, seed: 1), exchange, _optimization, _average);
    }

    public YoloNetwork Network { get; }

    /// <summary>Updates of the average, one per step.</summary>
    public long Steps => _average.Updates;

    /// <summary>Learns from a batch of images.</summary>
    /// <param name="pixels">(B, H, W, 4) bytes.</param>
    /// <param name="targets">(N, 6).</param>
    /// <param name="index">Index of the batch in its epoch.</param>
    public Divergence? Learn(Tensor pixels, Tensor targets, int index = 0)
    {
        int[] samples = [.. Enumerable.Range(0, (int)pixels.shape[0])];
        using var batch = new TrainingBatch(pixels.clone().DetachFromDisposeScope(), targets.clone().DetachFromDisposeScope(), samples);
        return _step.Learn(batch, new BatchPlace(Epoch: 1, index, Count: 100), mustStep: false, _losses);
    }

    public void Dispose()
    {
        _losses.Dispose();
        _average.Dispose();
        _optimization.Dispose();
        _loss.Dispose();
        _replicas.Dispose();
        Network.Dispose();
    }
}
