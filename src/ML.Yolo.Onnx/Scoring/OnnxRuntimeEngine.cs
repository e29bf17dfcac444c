using System.Buffers;
using Microsoft.ML.OnnxRuntime;
using Microsoft.ML.Runtime;
using ML.Yolo.Imaging;
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
    private readonly RunOptions _run = new();
    private readonly string[] _inputs;
    private readonly string[] _outputs;
    private readonly ExportedOutput _reader;
    private readonly int? _batchSize;

    private OnnxRuntimeEngine(byte[] model, InferenceSession session, int classCount)
    {
        (_model, _session) = (model, session);
        Decoder = ExportedDecoder.Read(session.ModelMetadata, classCount);
        (_inputs, _outputs) = ([.. session.InputNames], [.. session.OutputNames]);
        _reader = ExportedOutput.Of(_outputs, Decoder);
        var shape = session.InputMetadata[_inputs[0]].Dimensions;                         // (B, 3, H, W), −1 where open
        _batchSize = shape[0] > 0 ? shape[0] : null;
        HasFixedCanvas = shape[^1] > 0;
    }

    public ScoringEngine Kind => ScoringEngine.OnnxRuntime;

    public MapDecoder Decoder { get; }

    public ReadOnlyMemory<byte> Model => _model;

    public bool HasFixedCanvas { get; }

    /// <summary>An engine over an exported model.</summary>
    /// <exception cref="OnnxBackendException">The native library or the GPU asked for is missing.</exception>
    public static OnnxRuntimeEngine Create(IHostEnvironment environment, byte[] model, int classCount)
    {
        var session = OnnxBackend.Open(environment, model);
        try
        {
            return new(model, session, classCount);
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
            return Run(images, options);

        // A last batch that is too small is filled up with its first image, and what that finds again is left out.
        var batches = images.Chunk(size).Select(batch
            => (batch.Length, Whole: (LetterboxedImage[])[.. batch, .. Enumerable.Repeat(batch[0], size - batch.Length)]));
        return [.. batches.SelectMany(batch => Run(batch.Whole, options)[..batch.Length])];
    }

    public void Dispose()
    {
        _session.Dispose();
        _run.Dispose();
    }

    private Detection[][] Run(IReadOnlyList<LetterboxedImage> images, NmsOptions options)
    {
        var (width, height) = (images[0].Letterbox.CanvasWidth, images[0].Letterbox.CanvasHeight);
        var input = ArrayPool<float>.Shared.Rent(images.Count * Planes * height * width);
        try
        {
            Fill(images, width * height, input);
            var memory = input.AsMemory(0, images.Count * Planes * height * width);
            using var value = OrtValue.CreateTensorValueFromMemory(OrtMemoryInfo.DefaultInstance, memory, [images.Count, Planes, height, width]);
            using var outputs = _session.Run(_run, _inputs, [value], _outputs);
            return [.. images.Select((image, i) => Detection.FromRows(_reader.Read(outputs, i, options, image.Letterbox), image.Letterbox))];
        }
        finally
        {
            ArrayPool<float>.Shared.Return(input);
        }
    }

    private static void Fill(IReadOnlyList<LetterboxedImage> images, int pixels, float[] input)
    {
        var length = images.Count * pixels * ResizedImage.Channels;
        var bytes = ArrayPool<byte>.Shared.Rent(length);
        try
        {
            ImageBatch.Fill(images, bytes.AsSpan(0, length));
            for (var i = 0; i < images.Count; i++)
                ToPlanes(bytes.AsSpan(i * pixels * ResizedImage.Channels, pixels * ResizedImage.Channels), input.AsSpan(i * Planes * pixels, Planes * pixels));
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(bytes);
        }
    }

    /// <summary>Pixels of four bytes to three planes of numbers in [0, 1].</summary>
    private static void ToPlanes(ReadOnlySpan<byte> bytes, Span<float> planes)
    {
        var pixels = planes.Length / Planes;
        var red = planes[..pixels];
        var green = planes.Slice(pixels, pixels);
        var blue = planes[(2 * pixels)..];
        var brightness = Brightness;
        for (var i = 0; i < red.Length; i++)
        {
            var pixel = bytes.Slice(i * ResizedImage.Channels, ResizedImage.Channels);
            (red[i], green[i], blue[i]) = (brightness[pixel[0]], brightness[pixel[1]], brightness[pixel[2]]);
        }
    }
}
