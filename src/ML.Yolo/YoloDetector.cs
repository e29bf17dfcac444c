using System.Collections.Concurrent;
using Microsoft.ML;
using Microsoft.ML.Data;
using ML.Yolo.Columns;
using ML.Yolo.Imaging;
using ML.Yolo.Scoring;
using SkiaSharp;

namespace ML.Yolo;

/// <summary>From an image to boxes in one call: a trained detector without rows and columns. Any number of threads may use one at a time.</summary>
/// <remarks>It finds what <see cref="YoloTransformer.Transform(IDataView)"/> of the same model finds, by the same engine and the same numbers.</remarks>
public sealed class YoloDetector : IDisposable
{
    private readonly YoloTransformer _transformer;
    private readonly DetectorInput _input;
    private readonly ITransformer? _owned;

    /// <summary>A detector over a trained model.</summary>
    /// <param name="model">A <see cref="YoloTransformer"/>, or a chain of transformers with one in it; other parts of the chain are passed over.</param>
    /// <param name="ownsModel">Whether the model is disposed with the detector.</param>
    /// <exception cref="ArgumentException">The model holds no detector, or more than one.</exception>
    public YoloDetector(ITransformer model, bool ownsModel = false)
    {
        ArgumentNullException.ThrowIfNull(model);
        _transformer = new DetectorChain(model).Detector;
        _input = _transformer.Options.Input;
        _owned = ownsModel ? model : null;
    }

    /// <summary>Names of the classes, in the order of the network's outputs.</summary>
    public IReadOnlyList<string> ClassNames => _transformer.ClassNames;

    /// <summary>The network's description.</summary>
    public YoloArchitecture Architecture => _transformer.Architecture;

    /// <summary>Side of the square that images are scaled to fit, pixels.</summary>
    public int ImageSize => _transformer.ImageSize;

    /// <summary>What runs the network.</summary>
    public ScoringEngine ScoringEngine => _transformer.ScoringEngine;

    /// <summary>Which detections are reported. May be changed while others score.</summary>
    public ScoringOptions Scoring => _transformer.Scoring;

    /// <summary>Loads a model zip.</summary>
    /// <param name="path">A zip saved by ML.NET with one detector in it.</param>
    /// <param name="mlContext">Log, device and fallback; a new one where omitted.</param>
    /// <exception cref="IOException">The file cannot be read.</exception>
    /// <exception cref="FormatException">The file is not a model, or is damaged.</exception>
    /// <exception cref="ArgumentException">The model holds no detector, or more than one.</exception>
    public static YoloDetector Load(string path, MLContext? mlContext = null)
    {
        ArgumentException.ThrowIfNullOrWhiteSpace(path);
        return new YoloDetector((mlContext ?? new MLContext()).Model.Load(path, out _), ownsModel: true);
    }

    /// <summary>Detects in an image file.</summary>
    /// <param name="path">JPEG, PNG, BMP, GIF or WebP.</param>
    /// <exception cref="IOException">The file cannot be read.</exception>
    /// <exception cref="FormatException">The file is not an image that can be read.</exception>
    public ImageDetections Detect(string path)
    {
        ArgumentException.ThrowIfNullOrWhiteSpace(path);
        return Score([Read(() => File.ReadAllBytes(path), path)])[0];
    }

    /// <summary>Detects in an image that a stream holds from where it stands to its end.</summary>
    /// <param name="stream">JPEG, PNG, BMP, GIF or WebP.</param>
    /// <exception cref="FormatException">The stream is not an image that can be read.</exception>
    public ImageDetections Detect(Stream stream)
    {
        ArgumentNullException.ThrowIfNull(stream);
        using var bytes = new MemoryStream();
        stream.CopyTo(bytes);
        return Score([Read(bytes.ToArray, source: null)])[0];
    }

    /// <summary>Detects in an encoded image in memory.</summary>
    /// <param name="bytes">JPEG, PNG, BMP, GIF or WebP.</param>
    /// <exception cref="FormatException">The bytes are not an image that can be read.</exception>
    public ImageDetections Detect(byte[] bytes)
    {
        ArgumentNullException.ThrowIfNull(bytes);
        return Score([Read(() => bytes, source: null)])[0];
    }

    /// <summary>Detects in an image of ML.NET.</summary>
    /// <param name="image">The image; it stays the caller's.</param>
    public ImageDetections Detect(MLImage image)
    {
        ArgumentNullException.ThrowIfNull(image);
        return Score([Fit(image, ImageFrame.Of(image), image.Tag)])[0];
    }

    /// <summary>Detects in many files, in their order: images are decoded ahead, and scored in batches of <see cref="ScoringOptions.BatchSize"/>.</summary>
    /// <param name="paths">The files; may be endless.</param>
    /// <exception cref="IOException">A file cannot be read; thrown when its turn comes.</exception>
    /// <exception cref="FormatException">A file is not an image that can be read; thrown when its turn comes.</exception>
    public IEnumerable<ImageDetections> DetectMany(IEnumerable<string> paths)
    {
        ArgumentNullException.ThrowIfNull(paths);
        return DecodeAhead(paths).Chunk(Math.Min(Scoring.BatchSize, _input.MaxBatchSize)).SelectMany(Score);
    }

    /// <inheritdoc/>
    public void Dispose() => (_owned as IDisposable)?.Dispose();

    private IEnumerable<Prepared> DecodeAhead(IEnumerable<string> paths)
    {
        using var stop = new CancellationTokenSource();
        using var ready = new BlockingCollection<Task<Prepared>>(2 * Math.Max(Scoring.BatchSize, Environment.ProcessorCount));
        var producer = Task.Run(() => Produce(paths, ready, stop.Token), CancellationToken.None);
        try
        {
            foreach (var image in ready.GetConsumingEnumerable(CancellationToken.None))
                yield return image.GetAwaiter().GetResult();
            producer.GetAwaiter().GetResult();
        }
        finally
        {
            stop.Cancel();
            Task.WaitAny(producer);
        }
    }

    private void Produce(IEnumerable<string> paths, BlockingCollection<Task<Prepared>> ready, CancellationToken stop)
    {
        try
        {
            foreach (var path in paths)
                ready.Add(Task.Run(() => Read(() => File.ReadAllBytes(path), path), stop), stop);
        }
        catch (OperationCanceledException) when (stop.IsCancellationRequested)
        {
            // Whoever asked has stopped asking.
        }
        finally
        {
            ready.CompleteAdding();
        }
    }

    /// <summary>Decodes, or says why not where images that cannot be read are passed over.</summary>
    private Prepared Read(Func<byte[]> bytes, string? source)
    {
        try
        {
            return Decode(bytes(), source);
        }
        catch (Exception exception) when (Scoring.BadImageHandling == BadSampleHandling.Skip && BadSamples.IsBadSample(exception))
        {
            return new Prepared(null, default, source, exception.Message);
        }
    }

    private Prepared Decode(byte[] bytes, string? source)
    {
        var name = source is null ? "The image" : $"The image '{source}'";
        if (EncodedImage.Problem(bytes) is { } problem)
            throw new FormatException($"{name} {problem}.");
        using var data = SKData.CreateCopy(bytes);
        using var codec = SKCodec.Create(data);
        try
        {
            using var image = MLImage.CreateFromStream(new MemoryStream(bytes));
            return Fit(image, new ImageFrame(image.Width, image.Height, codec.EncodedOrigin), source);
        }
        catch (ArgumentException exception)
        {
            throw new FormatException($"{name} cannot be read: {exception.Message}", exception);
        }
    }

    private Prepared Fit(MLImage image, ImageFrame frame, string? source)
    {
        var letterbox = Letterbox.Fit(frame.UprightWidth, frame.UprightHeight, ImageSize, ImageSize) with { Origin = frame.Origin };
        return new Prepared(new LetterboxedImage(ResizedImage.From(image, letterbox), letterbox), frame, source, Problem: null);
    }

    private ImageDetections[] Score(IReadOnlyList<Prepared> images)
    {
        var found = new DetectionScorer(_transformer.Engine, _input, Scoring).ScoreReadable([.. images.Select(image => image.Image)]);
        return [.. found.Zip(images, (detections, image) => new ImageDetections(
            image.Source, image.Frame, Array.ConvertAll(detections, ToObject), image.Problem))];
    }

    private DetectedObject ToObject(Detection detection)
        => new(ClassNames[detection.ClassIndex], detection.ClassIndex, detection.Score, new Box(detection.X0, detection.Y0, detection.X1, detection.Y1));

    private sealed record Prepared(LetterboxedImage? Image, ImageFrame Frame, string? Source, string? Problem);
}
