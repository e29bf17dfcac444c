using System.Buffers;
using Microsoft.ML.OnnxRuntime;
using Microsoft.ML.Runtime;
using ML.Yolo.Imaging;
using ML.Yolo.Networks;
using ML.Yolo.Scoring;

namespace ML.Yolo.Onnx.Scoring;

/// <summary>Scores with ONNX Runtime: an exported model with raw maps and open sizes, decoding and suppression on plain memory.</summary>
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

    private OnnxRuntimeEngine(byte[] model, InferenceSession session, int classCount)
    {
        (_model, _session) = (model, session);
        Decoder = ExportedDecoder.Read(session.ModelMetadata, classCount);
        (_inputs, _outputs) = ([.. session.InputNames], [.. session.OutputNames]);
    }

    public ScoringEngine Kind => ScoringEngine.OnnxRuntime;

    public MapDecoder Decoder { get; }

    public ReadOnlyMemory<byte> Model => _model;

    /// <summary>An engine over an exported model.</summary>
    /// <exception cref="OnnxBackendException">The native library or the GPU asked for is missing.</exception>
    public static OnnxRuntimeEngine Create(IHostEnvironment environment, byte[] model, int classCount)
        => new(model, OnnxBackend.Open(environment, model), classCount);

    public Detection[][] Detect(IReadOnlyList<LetterboxedImage> images, NmsOptions options)
    {
        var (width, height) = (images[0].Letterbox.CanvasWidth, images[0].Letterbox.CanvasHeight);
        var input = ArrayPool<float>.Shared.Rent(images.Count * Planes * height * width);
        try
        {
            Fill(images, width * height, input);
            var memory = input.AsMemory(0, images.Count * Planes * height * width);
            using var value = OrtValue.CreateTensorValueFromMemory(OrtMemoryInfo.DefaultInstance, memory, [images.Count, Planes, height, width]);
            using var outputs = _session.Run(_run, _inputs, [value], _outputs);
            return [.. images.Select((image, i) => Detection.FromRows(Postprocess(outputs, i, options, image.Letterbox), image.Letterbox))];
        }
        finally
        {
            ArrayPool<float>.Shared.Return(input);
        }
    }

    public void Dispose()
    {
        _session.Dispose();
        _run.Dispose();
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

    /// <summary>Decodes and suppresses one image's share of the maps.</summary>
    private float[] Postprocess(IReadOnlyList<OrtValue> maps, int image, NmsOptions options, Letterbox canvas)
    {
        var rows = new PredictionRows(Decoder.ClassCount);
        var first = 0;
        for (var layer = 0; layer < maps.Count; layer++)
        {
            var values = maps[layer].GetTensorDataAsSpan<float>();
            var length = values.Length / (int)maps[layer].GetTensorTypeAndShape().Shape[0];
            var (height, width) = (canvas.CanvasHeight / Decoder.Strides[layer], canvas.CanvasWidth / Decoder.Strides[layer]);
            Decoder.AddLikely(values.Slice(image * length, length), layer, height, width, options.ScoreThreshold, first, rows);
            first += Decoder.CountPredictions(height, width);
        }

        return GreedySuppression.Apply(rows, options).Rows;
    }
}
