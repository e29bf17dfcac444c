using System.Diagnostics;
using ML.Yolo.Datasets;
using ML.Yolo.Imaging;
using ML.Yolo.Training.Augmentation;
using static TorchSharp.torch;

namespace ML.Yolo.Training;

/// <summary>Epochs over batches: forward, loss, backward, step, average; then validation, and the best weights are kept.</summary>
internal sealed class TrainingLoop : IDisposable
{
    private readonly YoloTrainer.Options _options;
    private readonly YoloNetwork _network;
    private readonly DetectionLoss _loss;
    private readonly Device _device;
    private readonly BatchLoader _loader;
    private readonly BatchAugmentation _augmentation;
    private readonly Optimization _optimization;
    private readonly ExponentialMovingAverage _average;
    private readonly RunningMean _losses;
    private readonly List<TrainingEpoch> _epochs = [];
    private readonly Stopwatch _clock = new();
    private YoloNetwork? _best;

    /// <param name="network">The network to train, on <paramref name="device"/>.</param>
    /// <param name="loss">The loss.</param>
    /// <param name="set">The samples.</param>
    /// <param name="options">The run.</param>
    /// <param name="seed">Decides order and augmentation.</param>
    /// <param name="device">Where the network runs.</param>
    public TrainingLoop(YoloNetwork network, DetectionLoss loss, TrainingSet set, YoloTrainer.Options options, int seed, Device device)
    {
        (_network, _loss, _options, _device) = (network, loss, options, device);
        _loader = new BatchLoader(set, options.BatchSize, options.ImageSize, seed);
        _augmentation = new BatchAugmentation(options, seed);
        _optimization = new Optimization(network, options, _loader.BatchCount);
        _average = new ExponentialMovingAverage(network, options.EmaDecay, options.EmaRampUpdates);
        _losses = new RunningMean(loss.TermNames, device);
    }

    /// <summary>Measures the averaged network after an epoch; null where there is nothing to measure it on.</summary>
    public Func<YoloNetwork, DetectionMetrics>? Validate { get; init; }

    /// <summary>Told of every epoch's end, after <see cref="YoloTrainer.Options.Progress"/>.</summary>
    public Action<TrainingProgress>? EpochEnded { get; init; }

    /// <summary>Given the history after each epoch.</summary>
    public Action<TrainingHistory>? HistoryGrew { get; init; }

    /// <summary>Asked before each batch whether to stop.</summary>
    public required Func<bool> IsCanceled { get; init; }

    /// <summary>The epochs that are over.</summary>
    public TrainingHistory History => new([.. _epochs]);

    /// <summary>Trains, and returns the best averaged network: by 0.1 · mAP50 + 0.9 · mAP50-95 where validated, else the last. The caller disposes it.</summary>
    /// <exception cref="OperationCanceledException">Canceled before an epoch was complete.</exception>
    public YoloNetwork Run()
    {
        var bestFitness = double.NegativeInfinity;
        _clock.Start();
        for (var epoch = 1; epoch <= _options.MaxEpoch && TrainEpoch(epoch); epoch++)
        {
            var isValidated = Validate is not null && (epoch % _options.ValidationInterval == 0 || epoch == _options.MaxEpoch);
            var metrics = isValidated ? Validate!(_average.Network) : null;
            var fitness = metrics is null ? bestFitness : Fitness(metrics);
            if (Validate is null || (isValidated && fitness >= bestFitness) || _best is null)
            {
                KeepAverage();
                bestFitness = fitness;
            }

            Report(epoch, _loader.BatchCount, metrics, isEpochEnd: true);
        }

        var best = _best ?? throw new OperationCanceledException("Training was canceled before its first epoch was complete.");
        _best = null;
        return best;
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _optimization.Dispose();
        _average.Dispose();
        _losses.Dispose();
        _best?.Dispose();
    }

    private static double Fitness(DetectionMetrics metrics) => (0.1 * metrics.MAP50) + (0.9 * metrics.MAP50_95);

    private void KeepAverage()
    {
        if (_best is null)
            _best = _average.Network.Clone();
        else
            _best.CopyStateFrom(_average.Network);
    }

    /// <summary>One pass over the data; false if canceled on the way.</summary>
    private bool TrainEpoch(int epoch)
    {
        _network.train();
        _losses.Reset();
        var done = 0;
        foreach (var batch in _loader.Epoch(epoch))
        {
            using (batch)
            {
                if (IsCanceled())
                    return false;
                _optimization.BeginBatch();
                Learn(batch, epoch);
                if (_optimization.EndBatch(batch.Samples.Length))
                    _average.Update();
            }

            Report(epoch, ++done, metrics: null, isEpochEnd: false);
        }

        return true;
    }

    private void Learn(TrainingBatch batch, int epoch)
    {
        using var scope = NewDisposeScope();
        var images = _augmentation.Apply(ImageBatch.ToInput(batch.Pixels, _device), batch.Targets, batch.Samples, epoch);
        var result = _loss.Compute(_network.call(images), batch.Targets);
        result.Total.backward();
        _losses.Add(result.Terms, batch.Samples.Length);
    }

    private void Report(int epoch, int batch, DetectionMetrics? metrics, bool isEpochEnd)
    {
        if (_options.Progress is null && !isEpochEnd)
            return;
        var progress = new TrainingProgress
        {
            Epoch = epoch,
            EpochCount = _options.MaxEpoch,
            Batch = batch,
            BatchCount = _loader.BatchCount,
            IsEpochEnd = isEpochEnd,
            Losses = _losses.Read(),
            LearningRate = _optimization.LearningRate,
            ImagesPerSecond = _losses.ImagesPerSecond,
            Elapsed = _clock.Elapsed,
            Validation = metrics,
        };
        if (isEpochEnd)
            _epochs.Add(TrainingEpoch.Of(progress));
        _options.Progress?.Report(progress);
        if (!isEpochEnd)
            return;
        EpochEnded?.Invoke(progress);
        HistoryGrew?.Invoke(History);
    }
}
