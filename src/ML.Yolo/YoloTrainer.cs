using Microsoft.ML;
using Microsoft.ML.Runtime;
using ML.Yolo.Columns;
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

/// <summary>Trains a YOLO object detector.</summary>
/// <remarks>
/// <list type="table">
/// <listheader><term>Column</term><description>Type</description></listheader>
/// <item><term>Image (input)</term><description><c>MLImage</c>, of any size: the trainer letterboxes it.</description></item>
/// <item><term>Label (input)</term><description>Vector of keys, one per object; may be empty. The key values name the classes.</description></item>
/// <item><term>BoundingBoxes (input)</term><description>Vector of <see cref="float"/>, four per object: x0, y0, x1, y1 in pixels of the image, origin top
/// left.</description></item>
/// <item><term>PredictedLabel (output)</term><description>Vector of keys with the training labels' key values, most confident first.</description></item>
/// <item><term>PredictedBoundingBoxes (output)</term><description>Vector of <see cref="float"/>, as BoundingBoxes.</description></item>
/// <item><term>Score (output)</term><description>Vector of <see cref="float"/>, one per predicted box, in [0, 1].</description></item>
/// </list>
/// <list type="table">
/// <listheader><term>Characteristic</term><description></description></listheader>
/// <item><term>Machine learning task</term><description>Object detection, in the catalog of multiclass classification as ML.NET has it.</description></item>
/// <item><term>Is normalization required?</term><description>No: bytes become numbers in [0, 1] within.</description></item>
/// <item><term>Is caching required?</term><description>No: the trainer keeps letterboxed images itself, see <see cref="Options.ImageCaching"/>.</description></item>
/// <item>
/// <term>Required NuGet in addition to Microsoft.ML</term>
/// <description>ML.Yolo, and in the program TorchSharp-cpu, TorchSharp-cuda-linux or TorchSharp-cuda-windows.</description>
/// </item>
/// <item><term>Exportable to ONNX</term><description>Yes, by <c>SaveAsOnnx</c> of the package ML.Yolo.Onnx.</description></item>
/// </list>
/// <para>The estimator reads all labels first and then the images, on several threads, before it begins to learn. With <c>new MLContext(seed)</c> a run on the
/// CPU gives the same weights each time, whatever else the process trains or loads. It runs on the CPU, or on the GPU of <c>MLContext.GpuDeviceId</c>.</para>
/// </remarks>
/// <example>
/// <code>
/// var pipeline = mlContext.Transforms.Conversion.MapValueToKey("Label")
///     .Append(mlContext.Transforms.LoadImages("Image", imageFolder: null, "ImagePath"))
///     .Append(new YoloTrainer(mlContext, new YoloTrainer.Options { ImageSize = 320, MaxEpoch = 50 }));
/// using var model = pipeline.Fit(mlContext.Data.LoadFromYoloDataset("my-data/data.yaml"));
/// </code>
/// </example>
public sealed partial class YoloTrainer : IEstimator<YoloTransformer>
{
    private const long Megabyte = 1 << 20;

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
    /// <exception cref="ArgumentOutOfRangeException">
    /// An input column is absent or of another type; the message names it, what was found and what was expected.
    /// </exception>
    public SchemaShape GetOutputSchema(SchemaShape inputSchema)
    {
        ArgumentNullException.ThrowIfNull(inputSchema);
        _columns.CheckTrainingInput(inputSchema);
        return _columns.Output(inputSchema);
    }

    /// <summary>Trains.</summary>
    /// <param name="input">Rows with the image, label and box columns.</param>
    /// <returns>
    /// The detector: the best validated epoch's averaged weights, or the last epoch's where there is no validation set. The caller disposes it.
    /// </returns>
    /// <exception cref="ArgumentOutOfRangeException">An input column is absent or of another type.</exception>
    /// <exception cref="FormatException">
    /// A row's labels and boxes do not fit together, or its image cannot be read, unless <see cref="Options.BadSampleHandling"/> skips it.
    /// </exception>
    /// <exception cref="InvalidOperationException">The data has no row or no class.</exception>
    /// <exception cref="TorchBackendException">LibTorch's native libraries, or the GPU asked for, are missing.</exception>
    /// <exception cref="WeightsFormatException">The pretrained weights are damaged, or do not fit the network.</exception>
    /// <exception cref="IOException">The pretrained weights cannot be read.</exception>
    /// <exception cref="TrainingDivergedException">
    /// Loss, gradients or weights were no longer finite, and <see cref="Options.OnNonFiniteLoss"/> does not pass it over.
    /// </exception>
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
        var budget = new MemoryBudget(_options.ImageCaching == ImageCaching.Off ? 0 : _options.ImageCacheMegabytes * Megabyte);
        using var training = Read(input, classNames, budget, log, "training");
        training.RequireObjects();
        if (training.DescribeTooSmall(Warp.MinSide, _options.ImageSize) is { } tooSmall)
            log.Warn(tooSmall);
        using var validation = _options.ValidationSet is null ? null : Read(_options.ValidationSet, classNames, budget, log, "validation");
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
        using var network = CreateNetwork(training, classNames.Length, seed, log);
        network.to(devices[0]);
        using var loss = CreateLoss(network, log);
        log.Begin(network, training, seed, devices[0]);
        SayWhatIsDrawn(training, log);
        var validator = validation is null ? null : CreateValidator(validation, classNames, devices[0]);
        using var loop = new TrainingLoop(network, loss, training, Settings(seed), devices)
        {
            Validate = validator is null ? null : validator.Measure,
            Report = new RunReport { Listener = _options.Progress, Log = log, Files = new TrainingLogFiles(_options.CsvLogPath, _options.TensorBoardFolder) },
            Folder = OpenFolder(training, classNames, seed),
            IsCanceled = IsCanceled,
        };
        if (_options.Resume)
            loop.Resume();
        var model = ToTransformer(loop.Run(), devices, classNames, _options, loop.Report.History);
        model.Environment = _environment;
        return model;
    }

    /// <summary>The network as training begins: initial or pretrained weights, anchors that suit the data, frozen layers.</summary>
    private YoloNetwork CreateNetwork(TrainingSet training, int classCount, int seed, TrainingLog log)
    {
        var network = YoloNetwork.Create(_options.Architecture, classCount, _options.ChosenLoss.BoxCoding, seed: seed);
        try
        {
            LoadPretrained(network, log);
            FitAnchors(network, training, seed, log);
            network.Freeze(_options.FreezeLayers);
            return network;
        }
        catch
        {
            network.Dispose();
            throw;
        }
    }

    private DetectionLoss CreateLoss(YoloNetwork network, TrainingLog log)
    {
        var options = _options.ScaleLossWeights
            ? LossScaling.Apply(_options.ChosenLoss, network.ClassCount, _options.ImageSize, network.Strides.Count)
            : _options.ChosenLoss;
        var loss = DetectionLoss.Create(options, network.Strides, network.ClassCount, network.Anchors);
        loss.Warning = log.Warn;
        return loss;
    }

    private void LoadPretrained(YoloNetwork network, TrainingLog log)
    {
        if (_options.PretrainedWeights is not { } path)
            return;
        if (_options.Resume && !File.Exists(path) && RunFolder.HasRun(_options.CheckpointDirectory))
        {
            log.Warn($"The pretrained weights '{path}' are not there, and not needed: training goes on from the checkpoint.");
            return;
        }

        using var scope = NewDisposeScope();
        foreach (var left in NetworkState.LoadPretrained(network, WeightsFile.Load(path), path, _options.AllowPartialWeights))
            log.Warn(left);
    }

    private void FitAnchors(YoloNetwork network, TrainingSet training, int seed, TrainingLog log)
    {
        if (!_options.AutoAnchor || network.Anchors is null || _options.ChosenLoss is not AnchorLossOptions loss)
            return;
        var anchors = AnchorSet.FromCells(network.Anchors, network.Strides);
        if (AutoAnchor.Improve(training.ObjectSizes(), anchors, loss.AnchorRule, seed, log.Say) is { } better)
            network.SetAnchors(better);
    }

    private void SayWhatIsDrawn(TrainingSet training, TrainingLog log)
    {
        if (!_options.ImageWeights)
            return;
        var empty = training.Samples.Count(sample => sample.Classes.Length == 0);
        if (empty == training.Samples.Count)
            log.Warn($"{nameof(Options.ImageWeights)} does nothing: no sample has an object, and each is learned once per epoch.");
        else if (empty > 0)
            log.Warn($"{nameof(Options.ImageWeights)} draws no samples without objects: {empty} of {training.Samples.Count} are not learned.");
    }

    private TrainingSet Read(IDataView data, string[] classNames, MemoryBudget budget, TrainingLog log, string name)
    {
        var settings = new SampleReadingSettings(_options.Columns, _options.ImageSize, _options.ImageCaching, _options.BadSampleHandling);
        var reader = new TrainingSetReader(settings, classNames, $"{name} data", ThrowIfCanceled);
        var set = reader.Read(data, new ImageCache(budget));
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
        return names.Length > 0
            ? names
            : throw new InvalidOperationException($"The label column '{_options.LabelColumnName}' has no key values: there is no class to learn.");
    }

    private bool IsCanceled() => _options.CancellationToken.IsCancellationRequested || _environment.IsCanceled();

    private void ThrowIfCanceled()
    {
        if (IsCanceled())
            throw new OperationCanceledException("Training was canceled while the data was read.", _options.CancellationToken);
    }
}
