using System.Text.Json;
using System.Text.Json.Nodes;
using Microsoft.ML;
using Microsoft.ML.Runtime;
using ML.Yolo.Files;
using ML.Yolo.Imaging;
using ML.Yolo.Interop;
using ML.Yolo.Persistence;
using ML.Yolo.Samples;
using ML.Yolo.Training;
using ML.Yolo.Training.Augmentation;
using ML.Yolo.Weights;
using TorchSharp;
using static TorchSharp.torch;

namespace ML.Yolo;

/// <summary>One call of <see cref="YoloTrainer.Fit"/>: reads weights and data, fills in the options that were left open, and trains.</summary>
internal sealed class YoloTrainingRun
{
    private const long Megabyte = 1 << 20;

    // The reference's; the steps of Adam and AdamW do not shrink with the gradients, and a high rate would throw their biases far off.
    private const double SgdWarmupBiasLearningRate = 0.1;

    private readonly IHostEnvironment _environment;
    private readonly YoloTrainer.Options _options;
    private readonly TrainingLog _log;
    private readonly Distribution _distribution;
    private readonly int _seed;

    /// <param name="environment">Log, seed, device and cancellation.</param>
    /// <param name="options">The options; what is open of them is filled in.</param>
    /// <param name="log">Told how it goes.</param>
    /// <param name="distribution">Processes that share every batch.</param>
    public YoloTrainingRun(IHostEnvironment environment, YoloTrainer.Options options, TrainingLog log, Distribution distribution)
    {
        (_environment, _options, _log, _distribution) = (environment, options, log, distribution);
        _seed = distribution.Agree(environment.Seed() ?? Random.Shared.Next());
    }

    /// <summary>Trains on rows with the columns of images, labels and boxes.</summary>
    public YoloTransformer Train(IDataView input)
    {
        using var processes = RankRun.Begin(_distribution, _options);
        using var claim = _distribution.IsFirst ? ClaimOutputs() : null;
        if (_distribution.Size > 1)
            _log.Say(RankRun.Describe(_distribution));
        var devices = _options.DataParallelGpus is { } gpus ? _environment.Devices(gpus) : [_environment.Device()];
        using var scope = NewDisposeScope();
        var weights = LoadWeights();
        ChooseArchitecture(weights);
        var classNames = TrainingClasses.Of(input, _options.Columns, ThrowIfCanceled);

        // Processes of one machine share its memory.
        var megabytes = _options.ImageCaching == ImageCaching.Off ? 0 : (long)_options.ImageCacheMegabytes;
        var budget = new MemoryBudget(megabytes * Megabyte / _distribution.LocalSize);
        using var training = Read(input, classNames, budget, "training");
        training.RequireObjects();
        if (training.DescribeTooSmall(Warp.MinSide, _options.ImageSize) is { } tooSmall)
            _log.Warn(tooSmall);
        using var validation = _options.ValidationSet is null ? null : Read(_options.ValidationSet, classNames, budget, "validation");
        return Train(training, validation, weights, classNames, devices);
    }

    private YoloTransformer Train(
        TrainingSet training, TrainingSet? validation, WeightsContent? weights, IReadOnlyList<string> classNames, IReadOnlyList<Device> devices)
    {
        using var network = CreateNetwork(training, weights, classNames, out var isHeadNew);
        ChooseRecipe(training, classNames.Count, isHeadNew);
        network.to(devices[0]);
        using var loss = CreateLoss(network, isOfValidation: false);
        using var validationLoss = CreateLoss(network, isOfValidation: true);
        _log.Begin(network, training, _seed, devices[0]);
        SayWhatIsDrawn(training);
        var validator = validation is null ? null : CreateValidator(validation, classNames, devices[0], new ValidationLoss(validationLoss, loss));
        using var loop = new TrainingLoop(network, loss, training, Settings(), devices, _distribution)
        {
            Validate = validator is null ? null : validator.Measure,
            Report = _distribution.IsFirst ? Report(Facts(training, validation, classNames, devices)) : new RunReport { Log = _log },
            Folder = OpenFolder(training, classNames),
            IsCanceled = IsCanceled,
        };
        if (_options.Resume)
            loop.Resume();
        var trained = loop.Run();
        _options.Scoring.RecommendedThreshold = (float?)loop.RecommendedThreshold;
        if (_options.Scoring.RecommendedThreshold is { } threshold)
            _log.Say(FormattableString.Invariant($"F1 on the validation data is highest at confidence {threshold:F2}: Scoring.RecommendedThreshold."));
        var model = YoloTrainer.ToTransformer(trained, devices, classNames, _options, loop.Report.History,
            new TrainingInsight(loop.FirstBatch, ObjectSurvey.Of(training)));
        model.Environment = _environment;
        return model;
    }

    /// <summary>What cannot be written is found before the data is read, not after the first epoch.</summary>
    /// <exception cref="IOException">A file or folder cannot be written, or another run has the folder; the message names it.</exception>
    private FolderClaim? ClaimOutputs()
    {
        if (_options.CsvLogPath is { } log)
            AtomicFile.EnsureWritable(log);
        if (_options.TensorBoardFolder is { } board)
            AtomicFile.EnsureWritable(Path.Combine(board, "events"));
        return _options.CheckpointDirectory is { } folder ? FolderClaim.Take(folder) : null;
    }

    private RunReport Report(TrainingRun facts) => new()
    {
        Run = facts,
        Listener = _options.Progress,
        Log = _log,
        Files = new TrainingLogFiles(_options.CsvLogPath, _options.TensorBoardFolder),
    };

    private TrainingRun Facts(TrainingSet training, TrainingSet? validation, IReadOnlyList<string> classNames, IReadOnlyList<Device> devices)
    {
        var counts = training.Samples.SelectMany(sample => sample.Classes).CountBy(label => label).ToDictionary();
        return new TrainingRun
        {
            StartedAt = DateTimeOffset.Now,
            Seed = _seed,
            Device = string.Join(", ", devices),
            Hardware = TrainingRun.ThisHardware,
            LibraryVersion = TrainingRun.ThisVersion,
            ImageCount = training.Samples.Count,
            ObjectCounts = classNames.Index().ToDictionary(entry => entry.Item, entry => counts.GetValueOrDefault(entry.Index)),
            ValidationImageCount = validation?.Samples.Count,
        };
    }

    private WeightsContent? LoadWeights()
    {
        if (_options.PretrainedWeights is not { } path)
            return null;
        if (!_options.Resume || File.Exists(path) || !RunFolder.HasRun(_options.CheckpointDirectory))
            return WeightsFile.Load(path);
        _log.Warn($"The pretrained weights '{path}' are not there, and not needed: training goes on from the checkpoint.");
        return null;
    }

    /// <summary>Where none is named it is that of the weights. Only then can the options be checked whole.</summary>
    private void ChooseArchitecture(WeightsContent? weights)
    {
        if (_options.Architecture is null && weights is not null)
        {
            _options.Architecture = WeightsArchitecture.Of(weights.Tensors)
                ?? throw new WeightsFormatException(
                    $"'{_options.PretrainedWeights}' is of none of the library's architectures, and {nameof(YoloTrainer.Options.Architecture)} is null: "
                    + "name your own.");
            _log.Say($"The weights of '{_options.PretrainedWeights}' are of {_options.Architecture}, and so is the network.");
        }

        _options.Architecture ??= _options.ChosenArchitecture;
        _options.Check();
        _options.Loss ??= _options.ChosenLoss;
    }

    /// <summary>What the options leave open: as in the run that is gone on with, or as the recipe chooses.</summary>
    private void ChooseRecipe(TrainingSet training, int classCount, bool isHeadNew)
    {
        if (_options.Resume && RunFolder.OptionsOf(_options.CheckpointDirectory!) is { } earlier)
        {
            _options.Fill(ReadOptions(earlier));
            _options.Check();
            return;
        }

        var choice = RecipeChoice.Of(_options.Recipe, new RecipeRun
        {
            Images = training.Samples.Count,
            Epochs = _options.MaxEpoch,
            BatchSize = _options.BatchSize,
            ClassCount = classCount,
            IsHeadNew = isHeadNew,
            HasAnchors = _options.ChosenArchitecture.Anchors is not null,
            Optimizer = _options.Optimizer,
            NominalBatchSize = _options.NominalBatchSize,
        });
        if (_options.Fill(choice) is { Count: > 0 } chosen)
            _log.Say($"{choice.Reason} Chosen: {string.Join(", ", chosen)}.");
    }

    private YoloTrainer.Options ReadOptions(JsonObject earlier)
    {
        try
        {
            var options = DetectorManifest.ReadOptions(earlier);
            return options.HasAllOfTheOptimization ? options : throw new JsonException("an option of the optimisation is null, though the run had chosen it.");
        }
        catch (Exception exception) when (exception is JsonException or ArgumentException or InvalidOperationException or NotSupportedException)
        {
            throw new WeightsFormatException($"The options in the checkpoint of '{_options.CheckpointDirectory}' are damaged: {exception.Message}", exception);
        }
    }

    /// <summary>The network as training begins: initial or pretrained weights, anchors that suit the data, frozen layers.</summary>
    private YoloNetwork CreateNetwork(TrainingSet training, WeightsContent? weights, IReadOnlyList<string> classNames, out bool isHeadNew)
    {
        var network = YoloNetwork.Create(_options.ChosenArchitecture, classNames.Count, _options.ChosenLoss.BoxCoding, seed: _seed);
        try
        {
            isHeadNew = weights is null || LoadPretrained(network, weights, classNames);
            FitAnchors(network, training);
            network.Freeze(_options.FreezeLayers);
            return network;
        }
        catch
        {
            network.Dispose();
            throw;
        }
    }

    /// <param name="network">The network.</param>
    /// <param name="isOfValidation">Whether it is only looked at: what no prediction can take is then passed over.</param>
    private DetectionLoss CreateLoss(YoloNetwork network, bool isOfValidation)
    {
        var options = _options.ScaleLossWeights
            ? LossScaling.Apply(_options.ChosenLoss, network.ClassCount, _options.ImageSize, network.Strides.Count)
            : _options.ChosenLoss;
        if (isOfValidation)
        {
            options = options.Copy();
            options.UnassignedTargets = UnassignedTargets.Ignore;
        }

        var loss = DetectionLoss.Create(options, network.Strides, network.ClassCount, network.Anchors);
        loss.Warning = _log.WarnOfOwn;
        return loss;
    }

    /// <returns>Whether the head, or a part of it, keeps its initial values.</returns>
    private bool LoadPretrained(YoloNetwork network, WeightsContent weights, IReadOnlyList<string> classNames)
    {
        using var scope = NewDisposeScope();
        var classes = new ClassNameMatch(weights.ClassNames, classNames);
        var loaded = NetworkState.LoadPretrained(
            network, weights.Tensors, _options.PretrainedWeights!, _options.AllowPartialWeights, classes,
            keepsSharedRows: _options.Recipe != Recipe.Reference);
        if (loaded.Head is { } head)
            _log.Say(head);
        foreach (var left in loaded.LeftOut)
            _log.Warn(left);
        return loaded.IsHeadNew;
    }

    private void FitAnchors(YoloNetwork network, TrainingSet training)
    {
        if (!_options.AutoAnchor || network.Anchors is null || _options.ChosenLoss is not AnchorLossOptions loss)
            return;
        var anchors = AnchorSet.FromCells(network.Anchors, network.Strides);
        if (AutoAnchor.Improve(training.ObjectSizes(), anchors, loss.AnchorRule, _seed, _log.Say) is { } better)
            network.SetAnchors(better);
    }

    private void SayWhatIsDrawn(TrainingSet training)
    {
        if (!_options.ImageWeights)
            return;
        const string Option = nameof(YoloTrainer.Options.ImageWeights);
        var empty = training.Samples.Count(sample => sample.Classes.Length == 0);
        if (empty == training.Samples.Count)
            _log.Warn($"{Option} does nothing: no sample has an object, and each is learned once per epoch.");
        else if (empty > 0)
            _log.Warn($"{Option} draws no samples without objects: {empty} of {training.Samples.Count} are not learned.");
    }

    private TrainingSet Read(IDataView data, IReadOnlyList<string> classNames, MemoryBudget budget, string name)
    {
        var settings = new SampleReadingSettings(_options.Columns, _options.ImageSize, _options.ImageCaching, _options.BadSampleHandling);
        var reader = new TrainingSetReader(settings, classNames, $"{name} data", ThrowIfCanceled, _distribution);
        var set = reader.Read(data, new ImageCache(budget));
        _log.Describe(name, reader.Summary);
        if (reader.BadSamples.Count > 0)
            _log.Warn(reader.BadSamples.Report($"the {name} data"));
        if (SubpixelBoxes.Describe(set.Samples) is { } tiny)
            _log.Warn($"The {name} data: {tiny}");
        if (reader.IgnoredObjects > 0)
            _log.Warn($"{reader.IgnoredObjects} objects of the {name} data are left out: their label is missing, or of a class that is not learned.");
        return set;
    }

    private TrainingSettings Settings() => new(
        RunSettings(),
        OptimizerSettings(),
        new AveragingSettings(_options.EmaDecay, _options.EmaRampUpdates!.Value),
        new ValidationSettings(_options.ValidationInterval, _options.EarlyStoppingPatience));

    private RunSettings RunSettings() => new()
    {
        EpochCount = _options.MaxEpoch,
        BatchSize = _options.BatchSize,
        ImageSize = _options.ImageSize,
        Seed = _seed,
        DrawsByClass = _options.ImageWeights,
        Augmentation = _options.Augmentation,
        LoaderThreads = _options.LoaderThreads ?? BatchLoader.DefaultThreads(_distribution.ProcessorCount),
        Precision = _options.Precision,
        FrozenLayers = _options.FreezeLayers,
        AveragesNormStatistics = _options.AverageNormStatistics,
        OnNonFiniteLoss = _options.OnNonFiniteLoss,
    };

    private OptimizerSettings OptimizerSettings() => new()
    {
        Kind = _options.Optimizer,
        LearningRate = _options.LearningRate!.Value,
        Schedule = _options.Schedule,
        FinalFraction = _options.FinalLearningRateFraction,
        Momentum = _options.Momentum!.Value,
        WeightDecay = _options.WeightDecay,
        WarmupEpochs = _options.WarmupEpochs!.Value,
        WarmupMomentum = _options.WarmupMomentum,
        WarmupBiasLearningRate = _options.WarmupBiasLearningRate ?? (_options.Optimizer == OptimizerKind.Sgd ? SgdWarmupBiasLearningRate : 0),
        MaxGradientNorm = _options.GradientClipNorm > 0 ? _options.GradientClipNorm : double.PositiveInfinity,
        BatchSize = _options.BatchSize,
        NominalBatchSize = _options.NominalBatchSize!.Value,
        EpochCount = _options.MaxEpoch,
    };

    private Validator CreateValidator(TrainingSet set, IReadOnlyList<string> classNames, Device device, ValidationLoss loss) => new(set)
    {
        ClassNames = classNames,
        Input = _options.Input,
        Canvas = _options.Scoring.Canvas,
        BatchSize = _options.BatchSize,
        Device = device,
        Loss = loss,
        IsCanceled = IsCanceled,
        Distribution = _distribution,
    };

    private RunFolder? OpenFolder(TrainingSet set, IReadOnlyList<string> classNames)
        => _options.CheckpointDirectory is { } path
            ? new RunFolder(path, TrainingIdentity.Of(
                set, classNames, DetectorManifest.ToJson(_options), _options.ChosenLoss.GetType().Name, _seed, _distribution.Size))
            : null;

    private bool IsCanceled() => _options.CancellationToken.IsCancellationRequested || _environment.IsCanceled();

    private void ThrowIfCanceled()
    {
        if (IsCanceled())
            throw new OperationCanceledException("Training was canceled while the data was read.", _options.CancellationToken);
    }
}
