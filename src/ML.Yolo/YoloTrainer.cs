using Microsoft.ML;
using Microsoft.ML.Runtime;
using ML.Yolo.Columns;
using ML.Yolo.Imaging;
using ML.Yolo.Interop;
using ML.Yolo.Persistence;
using ML.Yolo.Samples;
using ML.Yolo.Scoring;
using ML.Yolo.Training;
using ML.Yolo.Weights;
using TorchSharp;
using static TorchSharp.torch;

namespace ML.Yolo;

/// <summary>Trains a YOLO object detector.</summary>
/// <remarks>
/// <list type="table">
/// <listheader><term>Column</term><description>Type</description></listheader>
/// <item><term>Image (input)</term><description><c>MLImage</c>, of any size: the trainer letterboxes it.</description></item>
/// <item><term>Label (input)</term><description>Vector of keys, one an object; may be empty. The key values name the classes.</description></item>
/// <item><term>BoundingBoxes (input)</term><description>Vector of <see cref="float"/>, four an object: x0, y0, x1, y1 in pixels of the image, origin top left.</description></item>
/// <item><term>PredictedLabel (output)</term><description>Vector of keys with the training labels' key values, most confident first.</description></item>
/// <item><term>PredictedBoundingBoxes (output)</term><description>Vector of <see cref="float"/>, as BoundingBoxes.</description></item>
/// <item><term>Score (output)</term><description>Vector of <see cref="float"/>, one a predicted box, in [0, 1].</description></item>
/// </list>
/// <para>The estimator reads all labels first and then the images, on several threads, before it begins to learn. With <c>new MLContext(seed)</c> a run on the CPU gives the same weights each time.
/// It runs on the CPU, or on the GPU of <c>MLContext.GpuDeviceId</c>.</para>
/// </remarks>
public sealed partial class YoloTrainer : IEstimator<YoloTransformer>
{
    private static readonly Lock SeedLock = new();

    private readonly IHostEnvironment _environment;
    private readonly Options _options;
    private readonly DetectionColumns _columns;

    /// <summary>Makes a trainer, for <c>pipeline.Append(new YoloTrainer(mlContext, options))</c>.</summary>
    /// <param name="mlContext">Log, seed, device and cancellation.</param>
    /// <param name="options">Columns, network, loss, training and scoring; copied.</param>
    /// <exception cref="ArgumentException">An option is out of range; the message names it.</exception>
    public YoloTrainer(MLContext mlContext, Options options)
        : this(mlContext.Environment(), options)
    {
    }

    internal YoloTrainer(IHostEnvironment environment, Options options)
    {
        ArgumentNullException.ThrowIfNull(environment);
        ArgumentNullException.ThrowIfNull(options);
        options.Check();
        _environment = environment;
        _options = options.Copy();
        _options.Loss = _options.ChosenLoss;
        _columns = new DetectionColumns(_options.Columns);
    }

    /// <inheritdoc/>
    /// <exception cref="ArgumentOutOfRangeException">An input column is absent or of another type; the message names it, what was found and what was expected.</exception>
    public SchemaShape GetOutputSchema(SchemaShape inputSchema)
    {
        ArgumentNullException.ThrowIfNull(inputSchema);
        _columns.CheckTrainingInput(inputSchema);
        return _columns.Output(inputSchema);
    }

    /// <summary>Trains.</summary>
    /// <param name="input">Rows with the image, label and box columns.</param>
    /// <returns>The detector: the best validated epoch's averaged weights, or the last epoch's where there is no validation set. The caller disposes it.</returns>
    /// <exception cref="ArgumentOutOfRangeException">An input column is absent or of another type.</exception>
    /// <exception cref="FormatException">A row's labels and boxes do not fit together, or its image cannot be read, unless <see cref="Options.BadSampleHandling"/> skips it.</exception>
    /// <exception cref="InvalidOperationException">The data has no row or no class.</exception>
    /// <exception cref="TorchBackendException">LibTorch's native libraries, or the GPU asked for, are missing.</exception>
    /// <exception cref="WeightsFormatException">The pretrained weights are damaged, or do not fit the network.</exception>
    /// <exception cref="IOException">The pretrained weights cannot be read.</exception>
    /// <exception cref="TrainingDivergedException">The loss was no longer a finite number, and <see cref="Options.OnNonFiniteLoss"/> does not pass it over.</exception>
    /// <exception cref="OperationCanceledException">Canceled before the first epoch was complete.</exception>
    public YoloTransformer Fit(IDataView input)
    {
        ArgumentNullException.ThrowIfNull(input);
        _columns.CheckTrainingInput(SchemaColumn.ShapeOf(input.Schema));
        if (_options.ValidationSet is { } validationSet)
            _columns.CheckTrainingInput(SchemaColumn.ShapeOf(validationSet.Schema));
        var devices = _options.DataParallelGpus is { } gpus ? _environment.Devices(gpus) : [_environment.Device()];
        var classNames = ClassNames(input);

        var host = _environment.Register(nameof(YoloTrainer));
        using var channel = host.Start("Training");
        using var progress = host.StartProgressChannel("Training");
        using var log = new TrainingLog(channel, progress);
        using var training = Read(input, classNames, log, "training");
        using var validation = _options.ValidationSet is null ? null : Read(_options.ValidationSet, classNames, log, "validation");
        return Train(training, validation, classNames, devices, log);
    }

    /// <summary>The detector scores where it was trained: on the first of the devices.</summary>
    internal static YoloTransformer ToTransformer(
        YoloNetwork trained, IReadOnlyList<Device> devices, IReadOnlyList<string> classNames, Options options, TrainingHistory? history)
        => new(trained, devices[0], classNames, options, history);

    private YoloTransformer Train(TrainingSet training, TrainingSet? validation, string[] classNames, IReadOnlyList<Device> devices, TrainingLog log)
    {
        using var scope = NewDisposeScope();
        var seed = _environment.Seed() ?? Random.Shared.Next();
        using var network = CreateNetwork(classNames.Length, seed);
        LoadPretrained(network, log);
        FitAnchors(network, training, seed, log);
        network.Freeze(_options.FreezeLayers);
        network.to(devices[0]);
        var loss = LossScaling.Apply(_options, classNames.Length);
        using var detectionLoss = DetectionLoss.Create(loss, network.Strides, classNames.Length, network.Anchors);
        detectionLoss.Warning = log.Warn;
        log.Begin(network, training.Samples.Count, training.BoxCount, classNames.Length, seed, devices[0]);
        var validator = validation is null ? null : new Validator(validation, classNames, _options.Input, _options.Scoring.Canvas, _options.BatchSize, devices[0]);
        var files = new TrainingLogFiles(_options);
        using var loop = new TrainingLoop(network, detectionLoss, training, _options, seed, devices)
        {
            Validate = validator is null ? null : validator.Measure,
            EpochEnded = log.EpochEnded,
            HistoryGrew = files.EpochEnded,
            Warn = log.Warn,
            IsCanceled = IsCanceled,
            Identity = _options.CheckpointDirectory is null ? null : TrainingIdentity.Of(training, classNames, DetectorManifest.ToJson(_options), seed),
        };
        if (_options.Resume)
            loop.Resume();
        return ToTransformer(loop.Run(), devices, classNames, _options, loop.History);
    }

    private YoloNetwork CreateNetwork(int classCount, int seed)
    {
        // LibTorch draws initial weights from one generator of the process: a second training must not draw in between.
        lock (SeedLock)
        {
            manual_seed(seed);
            return YoloNetwork.Create(_options.Architecture, classCount, _options.ChosenLoss.BoxCoding);
        }
    }

    private void LoadPretrained(YoloNetwork network, TrainingLog log)
    {
        if (_options.PretrainedWeights is not { } path)
            return;
        using var scope = NewDisposeScope();
        foreach (var left in NetworkState.LoadPretrained(network, WeightsFile.Load(path), path, _options.AllowPartialWeights))
            log.Warn(left);
    }

    private void FitAnchors(YoloNetwork network, TrainingSet training, int seed, TrainingLog log)
    {
        if (!_options.AutoAnchor || network.Anchors is null)
            return;
        var anchors = AnchorSet.FromCells(network.Anchors!, network.Strides);
        if (AutoAnchor.Improve(training.ObjectSizes(), anchors, _options.ChosenLoss.AnchorRatioLimit, seed, log.Say) is { } better)
            network.SetAnchors(better);
    }

    private TrainingSet Read(IDataView data, string[] classNames, TrainingLog log, string name)
    {
        var settings = new SampleReadingSettings(_options.Columns, _options.ImageSize, _options.ImageCaching, _options.BadSampleHandling);
        var reader = new TrainingSetReader(settings, classNames, $"{name} data", ThrowIfCanceled);
        var set = reader.Read(data, new ImageCache(_options.ImageCaching == ImageCaching.Off ? 0 : (long)_options.ImageCacheMegabytes << 20));
        log.Describe(name, reader.Summary);
        if (reader.BadSamples.Count > 0)
            log.Warn(reader.BadSamples.Report($"the {name} data"));
        if (reader.IgnoredObjects > 0)
            log.Warn($"{reader.IgnoredObjects} objects of the {name} data are left out: their label is missing, or of a class that is not learned.");
        return set;
    }

    private string[] ClassNames(IDataView input)
    {
        var names = KeyNames.Read(input.Schema[_options.LabelColumnName]);
        return names.Length > 0 ? names : throw new InvalidOperationException($"The label column '{_options.LabelColumnName}' has no key values: there is no class to learn.");
    }

    private bool IsCanceled() => _options.CancellationToken.IsCancellationRequested || _environment.IsCanceled();

    private void ThrowIfCanceled()
    {
        if (IsCanceled())
            throw new OperationCanceledException("Training was canceled while the data was read.", _options.CancellationToken);
    }
}
