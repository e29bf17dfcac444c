using Microsoft.ML;
using Microsoft.ML.Runtime;
using ML.Yolo.Columns;
using ML.Yolo.Distributed;
using ML.Yolo.Interop;
using ML.Yolo.Training;
using static TorchSharp.torch;

namespace ML.Yolo;

/// <summary>Trains a YOLO object detector.</summary>
/// <remarks>
/// <list type="table">
/// <listheader><term>Column</term><description>Type</description></listheader>
/// <item><term>Image (input)</term><description><c>MLImage</c>, of any size: the trainer letterboxes it.</description></item>
/// <item><term>Label (input)</term><description>Vector of text or of keys, one per object; may be empty. Text of a loader
/// has the classes of its set in their order; keys have their values; other text the words that occur, in alphabetical order.</description></item>
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
/// <item><term>Is caching required?</term><description>No: the trainer keeps letterboxed images itself, see
/// <see cref="Options.ImageCaching"/>.</description></item>
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
    /// <exception cref="DistributionException">Another process of <see cref="Options.Distribution"/> failed, or is missing.</exception>
    public YoloTransformer Fit(IDataView input)
    {
        ArgumentNullException.ThrowIfNull(input);
        _columns.CheckTrainingInput(SchemaColumn.ShapeOf(input.Schema));
        if (_options.ValidationSet is { } validationSet)
            _columns.CheckTrainingInput(SchemaColumn.ShapeOf(validationSet.Schema));
        var host = _environment.Register(nameof(YoloTrainer));
        using var channel = host.Start("Training");
        using var progress = host.StartProgressChannel("Training");
        var distribution = _options.Distribution ?? _environment.Distribution() ?? OneProcess.Instance;
        using var log = new TrainingLog(channel, progress, distribution);
        return distribution.Together(() => new YoloTrainingRun(_environment, _options.Copy(), log, distribution).Train(input));
    }

    /// <summary>The detector scores where it was trained: on the first of the devices.</summary>
    internal static YoloTransformer ToTransformer(
        YoloNetwork trained, IReadOnlyList<Device> devices, IReadOnlyList<string> classNames, Options options, TrainingHistory? history,
        TrainingInsight? insight = null)
        => new(trained, devices[0], classNames, options, history) { Insight = insight };
}
