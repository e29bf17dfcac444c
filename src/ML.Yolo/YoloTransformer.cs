using Microsoft.ML;
using Microsoft.ML.Data;
using Microsoft.ML.Runtime;
using ML.Yolo.Columns;
using ML.Yolo.Interop;
using ML.Yolo.Persistence;
using ML.Yolo.Scoring;
using ML.Yolo.Training;
using ML.Yolo.Weights;
using TorchSharp;

namespace ML.Yolo;

/// <summary>
/// A trained detector: adds labels, boxes and confidences to rows of images. Saved in and loaded from ML.NET model zips like any transformer.
/// </summary>
/// <remarks>
/// Rows are scored in batches of <see cref="ScoringOptions.BatchSize"/>; <c>PredictionEngine</c> scores one at a time. The input needs the image column
/// alone. Of a trained detector nothing may change but <see cref="Scoring"/>. Any number of threads may score with one detector. Dispose it, or the model it
/// is part of, to free the network: scorings in flight finish, and every later use throws <see cref="ObjectDisposedException"/>. A
/// <c>PredictionEngine</c> disposes its model unless <c>PredictionEngineOptions.OwnsTransformer</c> is false.
/// </remarks>
public sealed class YoloTransformer : ITransformer, IDisposable
{
    private readonly DetectionColumns _columns;
    private readonly SharedEngine _engine;

    /// <param name="environment">Says which device to score on.</param>
    /// <param name="network">The network; owned from here on.</param>
    /// <param name="classNames">Names in the order of the network's classes.</param>
    /// <param name="options">Columns, image size, loss variant and scoring; copied.</param>
    /// <param name="history">How it was trained; null where it was not.</param>
    internal YoloTransformer(
        IHostEnvironment environment, YoloNetwork network, IReadOnlyList<string> classNames, YoloTrainer.Options options, TrainingHistory? history = null)
        : this(network, environment.Device(), classNames, options, history) => Environment = environment;

    /// <param name="network">The network; owned from here on.</param>
    /// <param name="device">Where to score.</param>
    /// <param name="classNames">Names in the order of the network's classes.</param>
    /// <param name="options">Columns, image size, loss variant and scoring; copied.</param>
    /// <param name="history">How it was trained; null where it was not.</param>
    internal YoloTransformer(
        YoloNetwork network, torch.Device device, IReadOnlyList<string> classNames, YoloTrainer.Options options, TrainingHistory? history = null)
        : this(CreateEngine(network, device), classNames, options, history)
    {
    }

    /// <param name="engine">Runs the network; owned from here on.</param>
    /// <param name="classNames">Names in the order of the network's classes.</param>
    /// <param name="options">Columns, image size, loss variant and scoring; copied.</param>
    /// <param name="history">How it was trained; null where it was not.</param>
    internal YoloTransformer(IDetectionEngine engine, IReadOnlyList<string> classNames, YoloTrainer.Options options, TrainingHistory? history = null)
    {
        (_engine, ClassNames, Options, History) = (new SharedEngine(engine), [.. classNames], options.Copy(), history);
        Options.Architecture ??= Options.ChosenArchitecture;
        Options.Loss ??= Options.ChosenLoss;
        _columns = new DetectionColumns(Options.Columns);
    }

    /// <summary>Which detections are reported, and how images are laid out and batched. May be changed while others score; saved with the model.</summary>
    public ScoringOptions Scoring => Options.Scoring;

    /// <summary>Names of the classes, in the order of the network's outputs and of the predicted label's keys.</summary>
    public IReadOnlyList<string> ClassNames { get; }

    /// <summary>The network's description.</summary>
    public YoloArchitecture Architecture => Options.ChosenArchitecture;

    /// <summary>Side of the square that images are scaled to fit, in pixels.</summary>
    public int ImageSize => Options.ImageSize;

    /// <summary>How its training went; null for a model made without training.</summary>
    public TrainingHistory? History { get; }

    /// <summary>What runs the network.</summary>
    public ScoringEngine ScoringEngine => _engine.Kind;

    /// <summary>The network, in evaluation mode. It is the detector's: whoever uses it keeps the detector from being disposed meanwhile.</summary>
    /// <remarks>
    /// Scoring runs with the batch norms folded into the convolutions, by the weights there were when it first scored after this was last asked for: ask for
    /// it again after changing weights.
    /// </remarks>
    /// <exception cref="ObjectDisposedException">The detector was disposed.</exception>
    /// <exception cref="InvalidOperationException">The engine is not <see cref="ScoringEngine.LibTorch"/>: what is exported cannot be read back.</exception>
    public YoloNetwork Network => (Engine as TorchEngine)?.Network
        ?? throw new InvalidOperationException(
            $"This detector scores with {ScoringEngine} and has no network of LibTorch. Keep the model it was made of for that.");

    /// <summary>True: each row is scored by itself, so <c>PredictionEngine</c> works.</summary>
    public bool IsRowToRowMapper => true;

    /// <summary>What of its training is kept for a report; null where it was not trained in this process.</summary>
    internal TrainingInsight? Insight { get; init; }

    /// <summary>Whose log is told of images that are passed over; null where it has none.</summary>
    internal IHostEnvironment? Environment { get; set; }

    /// <summary>What scores.</summary>
    /// <exception cref="ObjectDisposedException">The detector was disposed.</exception>
    internal IDetectionEngine Engine => _engine.Engine;

    /// <summary>The same, for uses during which the detector may be disposed.</summary>
    internal SharedEngine SharedEngine => _engine;

    /// <summary>The options it was trained with, its own copy.</summary>
    internal YoloTrainer.Options Options { get; }

    /// <inheritdoc/>
    /// <exception cref="ArgumentOutOfRangeException">The image column is absent or of another type; the message names it.</exception>
    public DataViewSchema GetOutputSchema(DataViewSchema inputSchema)
    {
        ArgumentNullException.ThrowIfNull(inputSchema);
        _engine.ThrowIfDisposed();
        _columns.CheckImage(SchemaColumn.ShapeOf(inputSchema));
        return _columns.Output(inputSchema, ClassNames);
    }

    /// <inheritdoc/>
    public IDataView Transform(IDataView input) => View(input, Scoring);

    /// <summary>Scores with other options than the detector's own, which stay as they are: such as <see cref="ScoringOptions.Measuring"/>.</summary>
    /// <param name="input">Rows with the image column.</param>
    /// <param name="scoring">How to score; copied.</param>
    /// <exception cref="ArgumentOutOfRangeException">The image column is absent or of another type; the message names it.</exception>
    public IDataView Transform(IDataView input, ScoringOptions scoring)
    {
        ArgumentNullException.ThrowIfNull(scoring);
        return View(input, scoring.Copy());
    }

    /// <inheritdoc/>
    public IRowToRowMapper GetRowToRowMapper(DataViewSchema inputSchema)
        => new DetectionRowMapper(inputSchema, GetOutputSchema(inputSchema), new DetectionScorer(_engine, Options.Input, Scoring, Warn));

    /// <summary>Writes the weights alone as safetensors: parameters and buffers under Ultralytics' names, anchors included.</summary>
    /// <param name="path">The file to make or replace, whole or not at all.</param>
    /// <remarks>
    /// In Python, <c>model.load_state_dict(safetensors.torch.load_file(path))</c> loads them into Ultralytics' model of the same architecture and number of
    /// classes. The file's metadata hold the architecture's name, as a JSON list the names of the classes, the size of images and the coding of boxes;
    /// <see cref="YoloDetector.Load(string, MLContext?)"/> reads them.
    /// </remarks>
    /// <exception cref="ObjectDisposedException">The detector was disposed; an existing file is left as it was.</exception>
    /// <exception cref="InvalidOperationException">The engine is not <see cref="ScoringEngine.LibTorch"/>.</exception>
    /// <exception cref="IOException">The file cannot be written; the message names it, and an existing file is left as it was.</exception>
    public void SaveWeights(string path) => _engine.Use(engine => Safetensors.Save(path, Network.state_dict(), new WeightsDescription
    {
        Architecture = Network.Architecture.Name,
        ClassNames = ClassNames,
        ImageSize = ImageSize,
        BoxCoding = engine.Decoder.Coding.Name,
    }.ToMetadata()));

    /// <inheritdoc/>
    public void Dispose() => _engine.Dispose();

    /// <inheritdoc/>
    void ICanSaveModel.Save(ModelSaveContext ctx)
    {
        ArgumentNullException.ThrowIfNull(ctx);
        _engine.Use(engine => ModelZip.Save(ctx, engine, DetectorManifest.Of(this)));
    }

    private static TorchEngine CreateEngine(YoloNetwork network, torch.Device device)
    {
        network.eval();
        var engine = new TorchEngine(network, device);
        network.to(device);
        return engine;
    }

    private void Warn(string message)
    {
        using var channel = Environment?.Start(nameof(YoloTransformer));
        channel?.Warning(MessageSensitivity.Unknown, message);
    }

    private DetectionView View(IDataView input, ScoringOptions scoring)
    {
        ArgumentNullException.ThrowIfNull(input);
        return new DetectionView(input, GetOutputSchema(input.Schema), new DetectionScorer(_engine, Options.Input, scoring, Warn));
    }
}
