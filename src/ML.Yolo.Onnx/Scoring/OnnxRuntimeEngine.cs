using System.Collections.Concurrent;
using Microsoft.ML.OnnxRuntime;
using Microsoft.ML.Runtime;
using ML.Yolo.Imaging;
using ML.Yolo.Interop;
using ML.Yolo.Networks;
using ML.Yolo.Scoring;

namespace ML.Yolo.Onnx.Scoring;

/// <summary>Scores with ONNX Runtime: an exported model, decoding and suppression on plain memory.</summary>
/// <remarks>Models made for scoring put out raw maps and leave their sizes open. One whose batch or canvas is fixed gets just that.</remarks>
internal sealed class OnnxRuntimeEngine : IExportedEngine
{
    private const int Planes = 3;

    // A byte's value as the network sees it: looked up, not divided, once a colour of a pixel.
    private static readonly float[] Brightness = [.. Enumerable.Range(0, 256).Select(value => value / 255f)];

    private readonly byte[] _model;
    private readonly InferenceSession _session;
    private readonly Lazy<InferenceSession> _lane;
    private readonly RunOptions _run = new();
    private readonly ConcurrentBag<float[]> _buffers = [];
    private readonly string[] _inputs;
    private readonly string[] _outputs;
    private readonly ExportedOutput _reader;
    private readonly int? _batchSize;

    private OnnxRuntimeEngine(IHostEnvironment environment, byte[] model, InferenceSession session, int classCount)
    {
        (_model, _session) = (model, session);
        _lane = new(() => OnnxBackend.Open(environment, model, threads: 1));
        Decoder = ExportedDecoder.Read(session.ModelMetadata, classCount);
        (_inputs, _outputs) = ([.. session.InputNames], [.. session.OutputNames]);
        _reader = ExportedOutput.Of(_outputs, Decoder);
        var shape = session.InputMetadata[_inputs[0]].Dimensions;                         // (B, 3, H, W), −1 where open
        _batchSize = shape[0] > 0 ? shape[0] : null;
        HasFixedCanvas = shape[^1] > 0;
        if (environment.GpuDeviceId() is null && _batchSize is null)
            (PixelsAtOnce, Lanes) = (ScoringCanvases.PixelsOfCaches, Environment.ProcessorCount);
    }

    public ScoringEngine Kind => ScoringEngine.OnnxRuntime;

    public MapDecoder Decoder { get; }

    public ReadOnlyMemory<byte> Model => _model;

    public bool HasFixedCanvas { get; }

    public long PixelsAtOnce { get; } = long.MaxValue;

    public int Lanes { get; } = 1;

    /// <summary>An engine over an exported model.</summary>
    /// <exception cref="OnnxBackendException">The native library or the GPU asked for is missing.</exception>
    public static OnnxRuntimeEngine Create(IHostEnvironment environment, byte[] model, int classCount)
    {
        var session = OnnxBackend.Open(environment, model);
        try
        {
            return new(environment, model, session, classCount);
        }
        catch
        {
            session.Dispose();
            throw;
        }
    }

    public Detection[][] Detect(IReadOnlyList<LetterboxedImage> images, NmsOptions options)
    {
        if (_batchSize is not { } size || size == images.Count)
            return Run(_session, images, options);

        // A last batch that is too small is filled up with its first image, and what that finds again is left out.
        var batches = images.Chunk(size).Select(batch
            => (batch.Length, Whole: (LetterboxedImage[])[.. batch, .. Enumerable.Repeat(batch[0], size - batch.Length)]));
        return [.. batches.SelectMany(batch => Run(_session, batch.Whole, options)[..batch.Length])];
    }

    public Detection[][] DetectInLane(IReadOnlyList<LetterboxedImage> images, NmsOptions options) => Run(_lane.Value, images, options);

    public void Dispose()
    {
        _session.Dispose();
        if (_lane.IsValueCreated)
            _lane.Value.Dispose();
        _run.Dispose();
    }

    private Detection[][] Run(InferenceSession session, IReadOnlyList<LetterboxedImage> images, NmsOptions options)
    {
        var (width, height) = (images[0].Letterbox.CanvasWidth, images[0].Letterbox.CanvasHeight);
        var length = images.Count * Planes * height * width;

        // As many arrays are kept as there were runs at a time, each the largest so far: a pool would keep one of every size.
        var input = _buffers.TryTake(out var kept) && kept.Length >= length ? kept : GC.AllocateUninitializedArray<float>(length);
        Fill(images, width * height, input);
        using var value = OrtValue.CreateTensorValueFromMemory(
            OrtMemoryInfo.DefaultInstance, input.AsMemory(0, length), [images.Count, Planes, height, width]);
        using var outputs = session.Run(_run, _inputs, [value], _outputs);
        Detection[][] found = [.. images.Select((image, i) => Detection.FromRows(_reader.Read(outputs, i, options, image.Letterbox), image.Letterbox))];
        _buffers.Add(input);
        return found;
    }

    private static void Fill(IReadOnlyList<LetterboxedImage> images, int pixels, float[] input)
    {
        for (var i = 0; i < images.Count; i++)
            Lay(images[i], pixels, input.AsSpan(i * Planes * pixels, Planes * pixels));
    }

    /// <summary>An image's bytes, four per pixel, to three planes of numbers in [0, 1], on gray.</summary>
    private static void Lay(in LetterboxedImage letterboxed, int pixels, Span<float> planes)
    {
        var (image, letterbox) = letterboxed;
        planes.Fill(Brightness[Letterbox.Gray]);
        for (var row = 0; row < image.Height; row++)
        {
            var place = ((letterbox.Top + row) * letterbox.CanvasWidth) + letterbox.Left;
            ToPlanes(
                image.Pixels.AsSpan(row * image.Width * ResizedImage.Channels, image.Width * ResizedImage.Channels),
                planes.Slice(place, image.Width),
                planes.Slice(pixels + place, image.Width),
                planes.Slice((2 * pixels) + place, image.Width));
        }
    }

    private static void ToPlanes(ReadOnlySpan<byte> bytes, Span<float> red, Span<float> green, Span<float> blue)
    {
        var brightness = Brightness;
        for (var i = 0; i < red.Length; i++)
        {
            var pixel = bytes.Slice(i * ResizedImage.Channels, ResizedImage.Channels);
            (red[i], green[i], blue[i]) = (brightness[pixel[0]], brightness[pixel[1]], brightness[pixel[2]]);
        }
    }
}
