using Microsoft.ML;
using Microsoft.ML.Data;
using ML.Yolo.Columns;
using ML.Yolo.Imaging;
using ML.Yolo.Scoring;
using SkiaSharp;

namespace ML.Yolo;

/// <summary>From an image to boxes in one call: a trained detector without rows and columns. Any number of threads may use one at a time.</summary>
/// <remarks>
/// It finds what <see cref="YoloTransformer.Transform(IDataView)"/> of the same model finds, by the same engine and the same numbers. One detector serves a
/// whole program; after <see cref="Dispose"/> every use throws <see cref="ObjectDisposedException"/>, while what is in flight finishes.
/// </remarks>
/// <example>
/// <code>
/// using var detector = YoloDetector.Load("model.zip");
/// foreach (var found in detector.Detect("photo.jpg"))
///     Console.WriteLine($"{found.Label} {found.Score:F2} {found.Box}");
/// </code>
/// </example>
public sealed class YoloDetector : IDisposable
{
    private readonly YoloTransformer _transformer;
    private readonly DetectorInput _input;
    private readonly ITransformer? _owned;
    private volatile bool _isDisposed;

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

    /// <summary>The model it scores with, for pipelines, evaluation and export. It lives as long as the detector where that owns it.</summary>
    public YoloTransformer Model => _transformer;

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

    /// <summary>
    /// Loads a detector of a file that says all about itself: a model zip, weights of <see cref="YoloTransformer.SaveWeights"/>, an Ultralytics checkpoint
    /// with a pickled model, or an ONNX file of this library (which needs the package ML.Yolo.Onnx). The content decides which it is, not the name.
    /// </summary>
    /// <param name="path">The file.</param>
    /// <param name="mlContext">Log, device and fallback; a new one where omitted.</param>
    /// <exception cref="IOException">The file cannot be read.</exception>
    /// <exception cref="FormatException">The file is damaged, or none of these.</exception>
    /// <exception cref="ArgumentException">
    /// The model holds no detector, or more than one, or the file does not name its architecture or its classes.
    /// </exception>
    /// <exception cref="NotSupportedException">It is an ONNX file, and the program does not reference ML.Yolo.Onnx, or the file has another input.</exception>
    public static YoloDetector Load(string path, MLContext? mlContext = null)
    {
        ArgumentException.ThrowIfNullOrWhiteSpace(path);
        return new YoloDetector(DetectorFile.Load(mlContext ?? new MLContext(), path, null, null, null), ownsModel: true);
    }

    /// <summary>Loads a detector of weights: safetensors or a PyTorch checkpoint that do not say all about themselves.</summary>
    /// <param name="path">The file.</param>
    /// <param name="architecture">The network the weights are for; null where the file says it.</param>
    /// <param name="classNames">Names of the classes in the order of the network's outputs; null where the file says them.</param>
    /// <param name="options">Image size, box coding (by the loss) and scoring; the file's and the defaults where omitted.</param>
    /// <param name="mlContext">Log, device and fallback; a new one where omitted.</param>
    /// <exception cref="IOException">The file cannot be read.</exception>
    /// <exception cref="FormatException">The file is damaged, or its weights are of another network; the message lists what does not match.</exception>
    /// <exception cref="ArgumentException">Something is neither given nor in the file, or is given and the file is a model zip.</exception>
    public static YoloDetector Load(
        string path,
        YoloArchitecture? architecture,
        IReadOnlyList<string>? classNames = null,
        YoloTrainer.Options? options = null,
        MLContext? mlContext = null)
    {
        ArgumentException.ThrowIfNullOrWhiteSpace(path);
        return new YoloDetector(DetectorFile.Load(mlContext ?? new MLContext(), path, architecture, classNames, options), ownsModel: true);
    }

    /// <summary>Detects in an image file.</summary>
    /// <param name="path">JPEG, PNG, BMP, GIF or WebP.</param>
    /// <exception cref="IOException">The file cannot be read.</exception>
    /// <exception cref="FormatException">The file is not an image that can be read.</exception>
    /// <exception cref="ObjectDisposedException">The detector was disposed.</exception>
    public ImageDetections Detect(string path)
    {
        ArgumentException.ThrowIfNullOrWhiteSpace(path);
        return Score(Read(() => File.ReadAllBytes(path), path));
    }

    /// <summary>Detects in an image that a stream holds from where it stands to its end.</summary>
    /// <param name="stream">JPEG, PNG, BMP, GIF or WebP.</param>
    /// <exception cref="FormatException">The stream is not an image that can be read.</exception>
    /// <exception cref="ObjectDisposedException">The detector was disposed.</exception>
    public ImageDetections Detect(Stream stream)
    {
        ArgumentNullException.ThrowIfNull(stream);
        using var bytes = new MemoryStream();
        stream.CopyTo(bytes);
        return Detect(bytes.ToArray());
    }

    /// <summary>Detects in an encoded image in memory.</summary>
    /// <param name="bytes">JPEG, PNG, BMP, GIF or WebP.</param>
    /// <exception cref="FormatException">The bytes are not an image that can be read.</exception>
    /// <exception cref="ObjectDisposedException">The detector was disposed.</exception>
    public ImageDetections Detect(byte[] bytes)
    {
        ArgumentNullException.ThrowIfNull(bytes);
        return Score(Read(() => bytes, source: null));
    }

    /// <summary>Detects in an image of ML.NET.</summary>
    /// <param name="image">The image; it stays the caller's.</param>
    /// <exception cref="ObjectDisposedException">The detector was disposed.</exception>
    public ImageDetections Detect(MLImage image)
    {
        ArgumentNullException.ThrowIfNull(image);
        return Score(Fit(image, ImageFrame.Of(image), image.Tag));
    }

    /// <summary>Detects in an image file, on a thread of the pool.</summary>
    /// <param name="path">JPEG, PNG, BMP, GIF or WebP.</param>
    /// <param name="cancellationToken">Stops before the file is read.</param>
    /// <exception cref="OperationCanceledException">It was canceled.</exception>
    /// <inheritdoc cref="Detect(string)"/>
    public async Task<ImageDetections> DetectAsync(string path, CancellationToken cancellationToken = default)
    {
        ArgumentException.ThrowIfNullOrWhiteSpace(path);
        ThrowIfDisposed();
        return await Task.Run(() => Score(Read(() => File.ReadAllBytes(path), path)), cancellationToken).ConfigureAwait(false);
    }

    /// <summary>Detects in an image that a stream holds from where it stands to its end, on a thread of the pool.</summary>
    /// <param name="stream">JPEG, PNG, BMP, GIF or WebP.</param>
    /// <param name="cancellationToken">Stops while the stream is read, or before it is scored.</param>
    /// <exception cref="OperationCanceledException">It was canceled.</exception>
    /// <inheritdoc cref="Detect(Stream)"/>
    public async Task<ImageDetections> DetectAsync(Stream stream, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(stream);
        ThrowIfDisposed();
        using var bytes = new MemoryStream();
        await stream.CopyToAsync(bytes, cancellationToken).ConfigureAwait(false);
        return await Task.Run(() => Detect(bytes.ToArray()), cancellationToken).ConfigureAwait(false);
    }

    /// <summary>Detects in many files, in their order: images are decoded ahead, and scored in batches of <see cref="ScoringOptions.BatchSize"/>.</summary>
    /// <param name="paths">The files; may be endless. They are asked for on the thread that asks for results.</param>
    /// <remarks>Whoever stops asking early leaves nothing behind: what was being decoded is waited for.</remarks>
    /// <exception cref="IOException">A file cannot be read; thrown when its turn comes.</exception>
    /// <exception cref="FormatException">A file is not an image that can be read; thrown when its turn comes.</exception>
    /// <exception cref="ObjectDisposedException">The detector was disposed.</exception>
    public IEnumerable<ImageDetections> DetectMany(IEnumerable<string> paths)
    {
        ArgumentNullException.ThrowIfNull(paths);
        ThrowIfDisposed();
        var batchSize = Math.Min(Scoring.BatchSize, _input.MaxBatchSize);
        var ahead = Math.Max(2 * batchSize, Environment.ProcessorCount);
        var images = new ReadAhead<string, PreparedImage>(path => Read(() => File.ReadAllBytes(path), path), ahead);
        return images.Over(paths, batchSize).SelectMany(Score);
    }

    /// <summary>Detects small objects in a big image: tile by tile, each scaled as an image of its own, and in the image as a whole.</summary>
    /// <param name="image">The image; it stays the caller's.</param>
    /// <param name="tileSize">Side of a tile, pixels of the image. At least 32; tiles of <see cref="ImageSize"/> are seen at their own scale.</param>
    /// <param name="overlap">
    /// Share of a tile that the next one repeats, in [0, 0.9]. An object that fits into it is whole in some tile; larger ones the whole image shows.
    /// </param>
    /// <returns>
    /// What is found in all of them, each object once: of two detections of a class that overlap by more than <see cref="ScoringOptions.IouThreshold"/> the
    /// more confident stays, and one that a tile's inner edge cuts gives way to a whole one that covers it.
    /// </returns>
    /// <remarks>Sliced inference (Akyon, Altinuc, Temizel 2022, "Slicing Aided Hyper Inference"), with suppression across tiles.</remarks>
    /// <exception cref="ArgumentOutOfRangeException">The size or the overlap is out of range.</exception>
    /// <exception cref="ObjectDisposedException">The detector was disposed.</exception>
    public ImageDetections DetectTiled(MLImage image, int tileSize, float overlap = 0.2f)
    {
        ArgumentNullException.ThrowIfNull(image);
        return ScoreTiles(image, ImageFrame.Of(image), image.Tag, tileSize, overlap);
    }

    /// <param name="path">JPEG, PNG, BMP, GIF or WebP.</param>
    /// <param name="tileSize">Side of a tile, pixels of the image. At least 32; tiles of <see cref="ImageSize"/> are seen at their own scale.</param>
    /// <param name="overlap">
    /// Share of a tile that the next one repeats, in [0, 0.9]. An object that fits into it is whole in some tile; larger ones the whole image shows.
    /// </param>
    /// <exception cref="IOException">The file cannot be read.</exception>
    /// <exception cref="FormatException">The file is not an image that can be read.</exception>
    /// <inheritdoc cref="DetectTiled(MLImage, int, float)"/>
    public ImageDetections DetectTiled(string path, int tileSize, float overlap = 0.2f)
    {
        ArgumentException.ThrowIfNullOrWhiteSpace(path);
        try
        {
            var (image, frame) = Decode(File.ReadAllBytes(path), path);
            using (image)
                return ScoreTiles(image, frame, path, tileSize, overlap);
        }
        catch (Exception exception) when (IsPassedOver(exception))
        {
            return new ImageDetections(path, default, [], exception.Message);
        }
    }

    /// <summary>Frees the network where the detector owns its model: always, where <see cref="Load(string, MLContext?)"/> made it.</summary>
    public void Dispose()
    {
        _isDisposed = true;
        (_owned as IDisposable)?.Dispose();
    }

    /// <summary>Decodes an image and scales it for the network.</summary>
    /// <exception cref="FormatException">The bytes are not an image that can be read.</exception>
    internal PreparedImage Read(byte[] bytes, string? source)
    {
        var (image, frame) = Decode(bytes, source);
        using (image)
            return Fit(image, frame, source);
    }

    /// <summary>Scores a batch with other options than the detector's own.</summary>
    internal ImageDetections[] Score(IReadOnlyList<PreparedImage> images, ScoringOptions scoring)
        => [.. Find(images, scoring).Zip(images, (detections, image) => new ImageDetections(
            image.Source, image.Frame, Array.ConvertAll(detections, ToObject), image.Problem))];

    private static (MLImage Image, ImageFrame Frame) Decode(byte[] bytes, string? source)
    {
        var name = source is null ? "The image" : $"The image '{source}'";
        if (EncodedImage.Problem(bytes) is { } problem)
            throw new FormatException($"{name} {problem}.");
        using var data = SKData.CreateCopy(bytes);
        using var codec = SKCodec.Create(data);
        try
        {
            var image = MLImage.CreateFromStream(new MemoryStream(bytes));
            return (image, new ImageFrame(image.Width, image.Height, codec.EncodedOrigin));
        }
        catch (ArgumentException exception)
        {
            throw new FormatException($"{name} cannot be read: {exception.Message}", exception);
        }
    }

    /// <summary>Decodes, or says why not where images that cannot be read are passed over.</summary>
    private PreparedImage Read(Func<byte[]> bytes, string? source)
    {
        try
        {
            return Read(bytes(), source);
        }
        catch (Exception exception) when (IsPassedOver(exception))
        {
            return new PreparedImage(null, default, source, exception.Message);
        }
    }

    private bool IsPassedOver(Exception exception) => Scoring.BadImageHandling == BadSampleHandling.Skip && BadSamples.IsBadSample(exception);

    private PreparedImage Fit(MLImage image, ImageFrame frame, string? source)
    {
        var letterbox = Letterbox.Fit(frame.UprightWidth, frame.UprightHeight, ImageSize, ImageSize) with { Origin = frame.Origin };
        return new PreparedImage(new LetterboxedImage(ResizedImage.From(image, letterbox), letterbox), frame, source);
    }

    private ImageDetections ScoreTiles(MLImage image, ImageFrame frame, string? source, int tileSize, float overlap)
    {
        ThrowIfDisposed();
        var grid = new TileGrid(image.Width, image.Height, tileSize, overlap);
        var merged = new TileMerging(grid);
        merged.Add(tile: null, Find([Fit(image, frame, source)], Scoring)[0]);
        foreach (var tiles in grid.Tiles.Chunk(Math.Min(Scoring.BatchSize, _input.MaxBatchSize)))
        {
            var found = Find([.. tiles.Select(tile => Cut(image, frame, tile))], Scoring);
            foreach (var (tile, detections) in tiles.Zip(found))
                merged.Add(tile, detections);
        }

        var scoring = Scoring.Snapshot().Suppression;
        return new ImageDetections(source, frame, Array.ConvertAll(merged.Merge(scoring), ToObject));
    }

    private PreparedImage Cut(MLImage image, ImageFrame frame, Tile tile)
    {
        using var part = tile.Cut(image);
        return Fit(part, frame.Resize(part.Width, part.Height), source: null);
    }

    private ImageDetections Score(PreparedImage image) => Score([image])[0];

    private ImageDetections[] Score(IReadOnlyList<PreparedImage> images) => Score(images, Scoring);

    private Detection[][] Find(IReadOnlyList<PreparedImage> images, ScoringOptions scoring)
    {
        ThrowIfDisposed();
        return new DetectionScorer(_transformer.SharedEngine, _input, scoring).ScoreReadable([.. images.Select(image => image.Image)]);
    }

    private DetectedObject ToObject(Detection detection)
        => new(ClassNames[detection.ClassIndex], detection.ClassIndex, detection.Score, new Box(detection.X0, detection.Y0, detection.X1, detection.Y1));

    private void ThrowIfDisposed() => ObjectDisposedException.ThrowIf(_isDisposed, this);
}
