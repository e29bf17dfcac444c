using ML.Yolo.Devices;
using ML.Yolo.Distributed;
using ML.Yolo.Samples;
using ML.Yolo.Training.Augmentation;
using static TorchSharp.torch;

namespace ML.Yolo.Training;

/// <summary>Epochs over batches: each batch is a step; each epoch ends with a validation, a report and a checkpoint, and the best weights are kept.</summary>
internal sealed class TrainingLoop : IDisposable
{
    private readonly RunSettings _run;
    private readonly ValidationSettings _validation;
    private readonly TrainingSet _set;
    private readonly Distribution _distribution;
    private readonly DeviceReplicas _replicas;
    private readonly GradientExchange _exchange;
    private readonly Optimization _optimization;
    private readonly ExponentialMovingAverage _average;
    private readonly TrainingStep _step;
    private readonly RunTensors _tensors;
    private readonly BatchLoader _loader;
    private readonly RunningMean _losses;
    private readonly BestWeights _best = new();
    private readonly int _batchCount;
    private TrainingState _state = new();
    private TimeSpan _exchangedBefore;
    private bool _hearsBatches;

    /// <param name="network">The network to train; not owned.</param>
    /// <param name="loss">The loss; not owned.</param>
    /// <param name="set">The samples; not owned.</param>
    /// <param name="settings">The run.</param>
    /// <param name="devices">Where the network runs; the first is the one it is on.</param>
    /// <param name="distribution">Processes that share every batch, each with a network on one device; null where there is one.</param>
    public TrainingLoop(
        YoloNetwork network, DetectionLoss loss, TrainingSet set, TrainingSettings settings, IReadOnlyList<Device> devices, Distribution? distribution = null)
    {
        (_run, _validation, _set) = (settings.Run, settings.Validation, set);
        _distribution = distribution ?? OneProcess.Instance;
        _batchCount = (int)(((long)set.Samples.Count + _run.BatchSize - 1) / _run.BatchSize);
        _replicas = new DeviceReplicas(network, devices, _run.Precision, _run.FrozenLayers);
        _exchange = _distribution.Size > 1 ? new RankExchange(_distribution, _run.AveragesNormStatistics)
            : devices.Count == 1 ? new NoExchange() : new DeviceExchange(_replicas);
        _optimization = new Optimization(network, settings.Optimizer, _batchCount);
        _average = new ExponentialMovingAverage(network, settings.Averaging);
        var scale = new BatchScale(_run.ImageSize, network.Strides[^1], _run.Augmentation.MultiScale, _run.Seed);
        _step = new TrainingStep(_replicas, loss, scale, _exchange, _optimization, _average);
        _tensors = new RunTensors(network, _average.Network, loss, _optimization, devices[0]);
        var augmenter = new Augmenter(set, _run.Augmentation, _run.ImageSize, _run.Seed);
        _loader = new BatchLoader(augmenter, _run.BatchSize, _run.ImageSize, _run.LoaderThreads, RankShare.Of(_distribution));
        _losses = new RunningMean(loss.TermNames, devices[0]);
    }

    /// <summary>Measures the averaged network after an epoch, and gives null where it was canceled; null where there is nothing to measure it on.</summary>
    public Func<YoloNetwork, ValidationResult?>? Validate { get; init; }

    /// <summary>Told how it goes.</summary>
    public RunReport Report { get; init; } = new();

    /// <summary>Gets a checkpoint after each epoch; null where none are kept.</summary>
    public RunFolder? Folder { get; init; }

    /// <summary>Asked before each batch whether to stop.</summary>
    public Func<bool> IsCanceled { get; init; } = () => false;

    /// <summary>What the network saw first; null before that.</summary>
    public FirstBatch? FirstBatch { get; private set; }

    /// <summary>The confidence of the best validated epoch's highest F1; null where there is none.</summary>
    public double? RecommendedThreshold => _state.BestScoreThreshold;

    /// <summary>Trains, and returns the best averaged network where it was validated, else the last; the caller disposes it.</summary>
    /// <exception cref="OperationCanceledException">Canceled before an epoch was complete.</exception>
    /// <exception cref="TrainingDivergedException">Loss, gradients or weights were no longer finite, and that is not to be passed over.</exception>
    public YoloNetwork Run()
    {
        using var memory = FreedMemory.Keep();
        Report.Begin();
        _hearsBatches = _exchange.Any(Report.HearsBatches);
        Align();
        var isGoingOn = true;
        while (isGoingOn && _state.Epoch < _run.EpochCount && !_exchange.Any(IsPatienceOver()))
            isGoingOn = TrainEpoch(_state.Epoch + 1) && EndEpoch(_state.Epoch + 1);
        return _best.Take() ?? throw new OperationCanceledException("Training was canceled before its first epoch was complete.");
    }

    /// <summary>Goes on from the folder's checkpoint, if there is one.</summary>
    /// <exception cref="WeightsFormatException">A checkpoint is damaged, or of a network that differs.</exception>
    public void Resume()
    {
        if (Folder?.Resume(_tensors, Report.Warn) is not { } checkpoint)
            return;
        _state = checkpoint.State;
        Report.Continue(checkpoint.History);
        _optimization.Position = (_state.Batches, _state.SinceStep);
        _average.Updates = _state.AverageUpdates;
        _exchange.ShareWeights(_replicas.Network);
        _replicas.Refresh();
        _best.Keep(_average.Network);
        Folder.LoadBest(_best.Network!);
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _replicas.Dispose();
        _optimization.Dispose();
        _average.Dispose();
        _losses.Dispose();
        _best.Dispose();
        (_exchange as IDisposable)?.Dispose();
    }

    private void Align()
    {
        _exchange.Align(_replicas.Network, _average.Network);
        _replicas.Refresh();
    }

    private bool IsPatienceOver()
        => _state.BestFitness is not null && _validation.Patience > 0 && _state.Epoch - _state.BestEpoch >= _validation.Patience;

    /// <summary>One pass over the data; false if it was stopped on the way.</summary>
    private bool TrainEpoch(int epoch)
    {
        _replicas.Train();
        _losses.Reset();
        _exchangedBefore = _distribution.Exchanging;
        var place = new BatchPlace(epoch, 0, _batchCount);
        foreach (var batch in _loader.Epoch(epoch, Order(epoch), epoch > _run.EpochCount - (_run.Augmentation.CloseMosaicEpochs ?? 0)))
        {
            using (batch)
            {
                if (_exchange.Any(IsCanceled()))
                    return false;
                FirstBatch ??= FirstBatch.Of(batch, epoch);
                if (_step.Learn(batch, place, MustStep(place), _losses) is { } divergence)
                    return Stop(divergence);
            }

            if (_hearsBatches)
                Report.BatchEnded(Progress(place, validation: null, isEpochEnd: false));
            place = place with { Index = place.Index + 1 };
        }

        return true;
    }

    private int[] Order(int epoch)
    {
        if (!_run.DrawsByClass)
            return EpochOrder.Shuffled(_set.Samples.Count, _run.Seed, epoch);
        var precisions = _state.ClassPrecisions.Length > 0 ? _state.ClassPrecisions : new double[_replicas.Network.ClassCount];
        return EpochOrder.Weighted(_set, precisions, _run.Seed, epoch);
    }

    /// <summary>The last gradients of a run count, however few they are, and no epoch is over before a step was made.</summary>
    private bool MustStep(BatchPlace place) => place.IsLast && (place.Epoch == _run.EpochCount || _average.Updates == 0);

    /// <summary>Validates, keeps, reports and saves; false if the run is to stop instead, and the epoch does not count.</summary>
    private bool EndEpoch(int epoch)
    {
        var exchanged = _distribution.Exchanging - _exchangedBefore;
        Align();
        if (_exchange.Any(!_average.IsFinite()))
            return Stop(Divergence.OfWeights(epoch));
        var isValidated = Validate is not null && (epoch % _validation.Interval == 0 || epoch == _run.EpochCount);
        var result = isValidated ? Validate!(_average.Network) : null;
        if (_exchange.Any(isValidated && result is null))
            return false;
        var (batches, sinceStep) = _optimization.Position;
        _state = _state with { Epoch = epoch, Batches = batches, SinceStep = sinceStep, AverageUpdates = _average.Updates };
        if (result is not null)
            _state = _state.Validated(epoch, result.Metrics);
        var isBest = _exchange.Any(_best.Network is null || Validate is null || (result is not null && _state.BestEpoch == epoch));
        if (isBest)
            _best.Keep(_average.Network);
        Report.EpochEnded(Progress(new BatchPlace(epoch, _batchCount - 1, _batchCount), result, isEpochEnd: true) with
        {
            ExchangeShare = _losses.ShareOf(exchanged),
        });
        SaveCheckpoint(isBest);
        return true;
    }

    private void SaveCheckpoint(bool isBest)
    {
        if (Folder is null)
            return;
        if (_optimization.Position.SinceStep > 0)
            _exchange.CollectGradients(_replicas.Network);
        if (_distribution.IsFirst)
            Folder.Save(_state, Report.History, _tensors, isBest ? _best.Network : null);
    }

    /// <summary>Ends a run that diverged, as the settings say. Always false.</summary>
    private bool Stop(Divergence divergence)
    {
        if (_run.OnNonFiniteLoss == NonFiniteLossHandling.Throw || _best.Network is null)
            throw new TrainingDivergedException(divergence.ToString());
        Report.Warn($"{divergence} Training ends; the best weights so far are kept.");
        return false;
    }

    private TrainingProgress Progress(BatchPlace place, ValidationResult? validation, bool isEpochEnd) => new()
    {
        Epoch = place.Epoch,
        EpochCount = _run.EpochCount,
        Batch = place.Index + 1,
        BatchCount = _batchCount,
        IsEpochEnd = isEpochEnd,
        Losses = _losses.Read(_exchange),
        LearningRate = _optimization.LearningRate,
        ImagesPerSecond = _losses.ImagesPerSecond,
        LoaderWaitShare = _losses.ShareOf(_loader.Waited),
        ExchangeShare = _losses.ShareOf(_distribution.Exchanging - _exchangedBefore),
        Elapsed = Report.Elapsed,
        Validation = validation?.Metrics,
        ValidationLosses = validation?.Losses,
    };
}
