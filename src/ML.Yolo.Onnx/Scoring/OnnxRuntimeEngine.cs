using System.Buffers;
using Microsoft.ML;
using Microsoft.ML.OnnxRuntime;
using Microsoft.ML.Runtime;
using ML.Yolo.Imaging;
using ML.Yolo.Onnx.Persistence;
using ML.Yolo.Scoring;

namespace ML.Yolo.Onnx.Scoring;

/// <summary>Scores with ONNX Runtime: an exported model with decoded predictions and open batch size, suppression on plain memory.</summary>
internal sealed class OnnxRuntimeEngine : IDetectionEngine
{
    private const int Planes = 3;

    // A byte's value as the network sees it: looked up, not divided, once a colour of a pixel.
    private static readonly float[] Brightness = [.. Enumerable.Range(0, 256).Select(value => value / 255f)];

    private readonly byte[] _model;
    private readonly InferenceSession _session;
    private readonly RunOptions _run = new();
    private readonly string[] _inputs;
    private readonly string[] _outputs;

    private OnnxRuntimeEngine(byte[] model, InferenceSession session)
    {
        (_model, _session) = (model, session);
        (_inputs, _outputs) = ([.. session.InputNames], [.. session.OutputNames]);
    }

    public ScoringEngine Kind => ScoringEngine.OnnxRuntime;

    /// <summary>The exported model, as it is kept in the zip.</summary>
    public ReadOnlyMemory<byte> Model => _model;

    /// <summary>A transformer over an exported model.</summary>
    /// <exception cref="OnnxBackendException">The native library or the GPU asked for is missing.</exception>
    public static YoloTransformer CreateTransformer(IHostEnvironment environment, byte[] model, IReadOnlyList<string> classNames, YoloTrainer.Options options, TrainingHistory? history)
        => new(new OnnxRuntimeEngine(model, OnnxBackend.Open(environment, model)), classNames, options, history);

    public Detection[][] Detect(IReadOnlyList<(ResizedImage Image, Letterbox Letterbox)> images, NmsOptions options)
    {
        var (width, height) = (images[0].Letterbox.CanvasWidth, images[0].Letterbox.CanvasHeight);
        var input = ArrayPool<float>.Shared.Rent(images.Count * Planes * height * width);
        try
        {
            Fill(images, width * height, input);
            using var value = OrtValue.CreateTensorValueFromMemory(OrtMemoryInfo.DefaultInstance, input.AsMemory(0, images.Count * Planes * height * width), [images.Count, Planes, height, width]);
            using var outputs = _session.Run(_run, _inputs, [value], _outputs);
            return Suppress(outputs[0], images, options);
        }
        finally
        {
            ArrayPool<float>.Shared.Return(input);
        }
    }

    public void Save(YoloTransformer transformer, ModelSaveContext context) => OnnxModelZip.Save(this, transformer, context);

    public void Dispose()
    {
        _session.Dispose();
        _run.Dispose();
    }

    private static void Fill(IReadOnlyList<(ResizedImage Image, Letterbox Letterbox)> images, int pixels, float[] input)
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

    private static Detection[][] Suppress(OrtValue predictions, IReadOnlyList<(ResizedImage Image, Letterbox Letterbox)> images, NmsOptions options)
    {
        var shape = predictions.GetTensorTypeAndShape().Shape;                                    // (B, N, 5 + C)
        var decoded = predictions.GetTensorDataAsSpan<float>();
        var (length, channels) = (decoded.Length / images.Count, (int)shape[2]);
        var detections = new Detection[images.Count][];
        for (var i = 0; i < detections.Length; i++)
            detections[i] = Detection.FromRows(GreedySuppression.Apply(decoded.Slice(i * length, length), channels, options), images[i].Letterbox);
        return detections;
    }
}
