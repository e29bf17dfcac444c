using System.Diagnostics;
using ML.Yolo.Imaging;
using ML.Yolo.Samples;
using ML.Yolo.Training.Augmentation;
using static TorchSharp.torch;

namespace ML.Yolo.Training;

/// <summary>Epochs over batches: forward, loss, backward, step, average; then validation, and the best weights are kept.</summary>
internal sealed class TrainingLoop : IDisposable
{
    private readonly YoloTrainer.Options _options;
    private readonly YoloNetwork _network;
    private readonly ReplicatedNetwork _replicas;
    private readonly DetectionLoss _loss;
    private readonly TrainingSet _set;
    private readonly int _seed;
    private readonly Device _device;
    private readonly int _batchCount;
    private readonly BatchLoader _loader;
    private readonly BatchScale _scale;
    private readonly Optimization _optimization;
    private readonly ExponentialMovingAverage _average;
    private readonly RunningMean _losses;
    private readonly List<TrainingEpoch> _epochs = [];
    private readonly Stopwatch _clock = new();
    private TrainingState _state = new();
    private YoloNetwork? _best;

    /// <param name="network">The network to train.</param>
    /// <param name="loss">The loss.</param>
    /// <param name="set">The samples.</param>
    /// <param name="options">The run.</param>
    /// <param name="seed">Decides order and augmentation.</param>
    /// <param name="devices">Where the network runs; the first is the one it is on.</param>
    public TrainingLoop(YoloNetwork network, DetectionLoss loss, TrainingSet set, YoloTrainer.Options options, int seed, IReadOnlyList<Device> devices)
    {
        (_network, _loss, _set, _options, _seed, _device) = (network, loss, set, options, seed, devices[0]);
        _replicas = new ReplicatedNetwork(network, devices, options.FreezeLayers, options.Precision);
        _batchCount = (set.Samples.Count + options.BatchSize - 1) / options.BatchSize;
        _loader = new BatchLoader(new Augmenter(set, options.Augmentation, options.ImageSize, seed), options.BatchSize, options.ImageSize);
        _scale = new BatchScale(options.ImageSize, network.Strides[^1], options.Augmentation.MultiScale, seed);
        _optimization = new Optimization(network, options, _batchCount);
        _average = new ExponentialMovingAverage(network, options.EmaDecay, options.EmaRampUpdates);
        _losses = new RunningMean(loss.TermNames, _device);
    }

    /// <summary>Measures the averaged network after an epoch; null where there is nothing to measure it on.</summary>
    public Func<YoloNetwork, DetectionMetrics>? Validate { get; init; }

    /// <summary>Told of every epoch's end, after <see cref="YoloTrainer.Options.Progress"/>.</summary>
    public Action<TrainingProgress>? EpochEnded { get; init; }

    /// <summary>Given the history after each epoch.</summary>
    public Action<TrainingHistory>? HistoryGrew { get; init; }

    /// <summary>Told of what a person should know.</summary>
    public required Action<string> Warn { get; init; }

    /// <summary>Asked before each batch whether to stop.</summary>
    public required Func<bool> IsCanceled { get; init; }

    /// <summary>Which run this is, for its checkpoints; null where none are written.</summary>
    public TrainingIdentity? Identity { get; init; }

    /// <summary>The epochs that are over.</summary>
    public TrainingHistory History => new([.. _epochs]);

    /// <summary>Trains, and returns the best averaged network: by 0.1 · mAP50 + 0.9 · mAP50-95 where validated, else the last. The caller disposes it.</summary>
    /// <exception cref="OperationCanceledException">Canceled before an epoch was complete.</exception>
    /// <exception cref="TrainingDivergedException">The loss was no longer finite, and that is not to be passed over.</exception>
    public YoloNetwork Run()
    {
        _clock.Start();
        while (_state.Epoch < _options.MaxEpoch && !IsPatienceOver() && TrainEpoch(_state.Epoch + 1))
            EndEpoch(_state.Epoch + 1);
        var best = _best ?? throw new OperationCanceledException("Training was canceled before its first epoch was complete.");
        _best = null;
        return best;
    }

    /// <summary>Goes on from the folder of checkpoints, if there is one.</summary>
    /// <exception cref="WeightsFormatException">A checkpoint is damaged, or of a network that differs.</exception>
    public void Resume()
    {
        var (last, best) = (CheckpointPath(Checkpoint.LastName), CheckpointPath(Checkpoint.BestName));
        if (!File.Exists(last))
            return;
        using var scope = NewDisposeScope();
        var (checkpoint, tensors) = Checkpoint.Load(last);
        foreach (var change in Identity!.ChangesSince(checkpoint.Identity))
            Warn($"Going on from '{last}' after epoch {checkpoint.State.Epoch}: {change}.");
        var anchors = _network.Anchors?.clone();
        TrainingTensors.Load(last, tensors, _network, _average.Network, _loss, _optimization, _device);
        // The loss was made for the anchors at hand.
        if (anchors is not null && !anchors.allclose(_network.Anchors!))
            throw new WeightsFormatException($"'{last}' was trained with other anchors than those that suit the data now; go on with the data it was trained on, or start anew from '{best}' as {nameof(YoloTrainer.Options.PretrainedWeights)}.");
        _state = checkpoint.State;
        _epochs.AddRange(checkpoint.History.Epochs);
        _replicas.Broadcast();
        _optimization.Position = (_state.Batches, _state.SinceStep);
        _average.Updates = _state.AverageUpdates;
        _best = _average.Network.Clone();
        if (File.Exists(best))
            Weights.NetworkState.Load(_best, Safetensors.Load(best), best);
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _replicas.Dispose();
        _optimization.Dispose();
        _average.Dispose();
        _losses.Dispose();
        _best?.Dispose();
    }

    private static double Fitness(DetectionMetrics metrics) => (0.1 * metrics.MAP50) + (0.9 * metrics.MAP50_95);

    private bool IsPatienceOver() => _state.BestFitness is not null && _options.EarlyStoppingPatience > 0 && _state.Epoch - _state.BestEpoch >= _options.EarlyStoppingPatience;

    private string CheckpointPath(string name) => Path.Combine(_options.CheckpointDirectory!, name);

    /// <summary>One pass over the data; false if it was stopped on the way.</summary>
    private bool TrainEpoch(int epoch)
    {
        _replicas.Train();
        _losses.Reset();
        var done = 0;
        foreach (var batch in _loader.Epoch(epoch, Order(epoch), epoch > _options.MaxEpoch - _options.Augmentation.CloseMosaicEpochs))
        {
            using (batch)
            {
                if (IsCanceled())
                    return false;
                _optimization.BeginBatch(epoch);
                if (!Learn(batch, epoch, done))
                    return Diverged(epoch, done, batch);
                if (_optimization.EndBatch())
                {
                    _average.Update();
                    _replicas.Broadcast();
                }
            }

            Report(epoch, ++done, metrics: null, isEpochEnd: false);
        }

        return true;
    }

    private int[] Order(int epoch) => _options.ImageWeights && _state.ClassPrecisions.Length > 0
        ? EpochOrder.Weighted(_set, _state.ClassPrecisions, _seed, epoch)
        : EpochOrder.Shuffled(_set.Samples.Count, _seed, epoch);

    /// <summary>Adds one batch's gradients; false if its loss is no finite number.</summary>
    private bool Learn(TrainingBatch batch, int epoch, int index)
    {
        using var scope = NewDisposeScope();
        var images = _scale.Apply(ImageBatch.ToInput(batch.Pixels, _device), epoch, index);
        var result = _loss.Compute(_replicas.Forward(images), batch.Targets);
        if (!result.Total.isfinite().item<bool>())
            return false;
        result.Total.backward();
        _replicas.GatherGradients();
        _losses.Add(result.Terms, batch.Samples.Length);
        return true;
    }

    private bool Diverged(int epoch, int batch, TrainingBatch content)
    {
        var message = $"The loss of epoch {epoch}, batch {batch + 1} of {_batchCount} is no finite number; its samples are rows {string.Join(", ", content.Samples)} of the training data. Try a lower LearningRate, a longer warm-up, or look at those rows.";
        if (_options.OnNonFiniteLoss == NonFiniteLossHandling.Throw || _best is null)
            throw new TrainingDivergedException(message);
        Warn($"{message} Training ends; the best weights so far are kept.");
        return false;
    }

    private void EndEpoch(int epoch)
    {
        var isValidated = Validate is not null && (epoch % _options.ValidationInterval == 0 || epoch == _options.MaxEpoch);
        var metrics = isValidated ? Validate!(_average.Network) : null;
        _state = _state with { Epoch = epoch, Batches = _optimization.Position.Batches, SinceStep = _optimization.Position.SinceStep, AverageUpdates = _average.Updates };
        var isBest = _best is null || Validate is null;
        if (metrics is not null)
        {
            isBest = _state.BestFitness is not { } highest || Fitness(metrics) >= highest;
            _state = _state with { ClassPrecisions = [.. metrics.PerClass.Select(one => double.IsNaN(one.AveragePrecision50_95) ? 0 : one.AveragePrecision50_95)] };
            if (isBest)
                _state = _state with { BestFitness = Fitness(metrics), BestEpoch = epoch };
        }

        if (isBest)
            KeepAverage();
        Report(epoch, _batchCount, metrics, isEpochEnd: true);
        if (_options.CheckpointDirectory is not null)
            SaveCheckpoint(isBest);
    }

    private void KeepAverage()
    {
        if (_best is null)
            _best = _average.Network.Clone();
        else
            _best.CopyStateFrom(_average.Network);
    }

    private void SaveCheckpoint(bool isBest)
    {
        using var scope = NewDisposeScope();
        if (isBest)
            Safetensors.Save(CheckpointPath(Checkpoint.BestName), _best!.state_dict());
        var tensors = TrainingTensors.Collect(_network, _average.Network, _loss, _optimization);
        new Checkpoint(_state, Identity!, History).Save(CheckpointPath(Checkpoint.LastName), tensors);
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
            BatchCount = _batchCount,
            IsEpochEnd = isEpochEnd,
            Losses = _losses.Read(),
            LearningRate = _optimization.LearningRate,
            ImagesPerSecond = _losses.ImagesPerSecond,
            LoaderWaitShare = _losses.ShareOf(_loader.Waited),
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
