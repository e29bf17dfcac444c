using ML.Yolo.Benchmarks.Reference;
using ML.Yolo.Devices;
using ML.Yolo.Training;
using static TorchSharp.torch;

namespace ML.Yolo.Benchmarks;

/// <summary>A whole step of training as the trainer makes it: from bytes to averaged weights.</summary>
internal sealed class TrainingStepBenchmark : IDisposable
{
    private readonly FreedMemory _memory = FreedMemory.Keep();
    private readonly YoloNetwork _network = YoloNetwork.Create(Workload.Architecture, Workload.ClassCount);
    private readonly DeviceReplicas _replicas;
    private readonly DetectionLoss _loss;
    private readonly Optimization _optimization;
    private readonly ExponentialMovingAverage _average;
    private readonly RunningMean _losses;
    private readonly TrainingStep _step;
    private readonly TrainingBatch _batch;

    public TrainingStepBenchmark(Workload workload)
    {
        _replicas = new DeviceReplicas(_network, [CPU], TrainingPrecision.Full, frozenLayers: 0);
        _loss = AnchorLoss.Create(new YoloV5LossOptions(), _network.Anchors!);
        _optimization = new Optimization(_network, Settings, batchesPerEpoch: 100);
        _average = new ExponentialMovingAverage(_network, new AveragingSettings(Decay: 0.9999, RampUpdates: 2000));
        _losses = new RunningMean(_loss.TermNames, CPU);
        var scale = new BatchScale(Workload.ImageSize, stride: 32, gain: 0, seed: 0);
        _step = new TrainingStep(_replicas, _loss, scale, new NoExchange(), _optimization, _average);
        using var scope = NewDisposeScope();
        var pixels = (rand(Workload.BatchSize, Workload.ImageSize, Workload.ImageSize, 4) * 255).to(ScalarType.Byte);
        _batch = new TrainingBatch(pixels.DetachFromDisposeScope(), workload.TargetRows().DetachFromDisposeScope(), [.. Enumerable.Range(0, Workload.BatchSize)]);
        _replicas.Train();
    }

    /// <summary>SGD without any schedule.</summary>
    public static OptimizerSettings Settings => new()
    {
        Kind = OptimizerKind.Sgd,
        LearningRate = 1e-6,
        Schedule = LearningRateSchedule.Linear,
        FinalFraction = 1,
        Momentum = 0.9,
        WeightDecay = 5e-4,
        WarmupEpochs = 0,
        WarmupMomentum = 0.9,
        WarmupBiasLearningRate = 1e-6,
        MaxGradientNorm = 10,
        BatchSize = Workload.BatchSize,
        NominalBatchSize = Workload.BatchSize,
        EpochCount = 1,
    };

    public void Step()
    {
        if (_step.Learn(_batch, new BatchPlace(Epoch: 1, Index: 0, Count: 100), mustStep: true, _losses) is { } divergence)
            throw new InvalidOperationException(divergence.ToString());
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _batch.Dispose();
        _losses.Dispose();
        _average.Dispose();
        _optimization.Dispose();
        _loss.Dispose();
        _replicas.Dispose();
        _network.Dispose();
        _memory.Dispose();
    }
}
