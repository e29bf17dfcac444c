using BenchmarkDotNet.Attributes;
using Microsoft.ML;
using Microsoft.ML.Runtime;
using ML.Yolo.Imaging;
using ML.Yolo.Networks;
using ML.Yolo.Onnx.Scoring;
using ML.Yolo.Scoring;
using static TorchSharp.torch;

namespace ML.Yolo.Benchmarks;

/// <summary>YOLOv5n on one image of 640 pixels: ONNX Runtime against LibTorch, and decoding and suppression against the whole.</summary>
public class OnnxEngineBenchmark : IDisposable
{
    private const int ImageSize = 640;
    private const int ClassCount = 80;
    private const int DetectionCount = 300;

    // .NET compiles what runs often a second time, better; a server has come to that after its first requests.
    private const int RunsUntilCompiled = 300;

    private readonly YoloNetwork _network = YoloNetwork.Create(YoloArchitecture.V5Nano, ClassCount);
    private readonly YoloTransformer _torch;
    private readonly TorchEngine _torchEngine;
    private readonly OnnxRuntimeEngine _onnxEngine;
    private readonly LetterboxedImage[] _images;
    private readonly Tensor _input = rand(1, 3, ImageSize, ImageSize);
    private readonly Tensor[] _maps;
    private readonly float[][] _values;
    private readonly NmsOptions _options = new() { MaxDetections = DetectionCount };

    public OnnxEngineBenchmark()
    {
        var environment = (IHostEnvironment)new MLContext();
        var options = new YoloTrainer.Options();
        _torch = new YoloTransformer(environment, _network, [.. Enumerable.Range(0, ClassCount).Select(i => $"{i}")], options);
        _torchEngine = (TorchEngine)_torch.Engine;
        _onnxEngine = (OnnxRuntimeEngine)_torch.ToOnnxRuntime((MLContext)environment).Engine;
        var pixels = new byte[ImageSize * ImageSize * ResizedImage.Channels];
        new Random(0).NextBytes(pixels);
        _images = [new LetterboxedImage(new ResizedImage(ImageSize, ImageSize, pixels), Letterbox.Fit(ImageSize, ImageSize, ImageSize, ImageSize))];

        using var scope = NewDisposeScope();
        using var noGradient = no_grad();
        _maps = [.. _network.Forward(_input).Select(Crowd)];
        _values = [.. _maps.Select(map => map.data<float>().ToArray())];
    }

    internal static Ratio Engines => new("onnx-over-libtorch", "YOLOv5n, 640 px, batch 1, from bytes to detections: ONNX Runtime / LibTorch", null, () =>
    {
        using var benchmark = new OnnxEngineBenchmark();
        return Timing.CompareInTurns(benchmark.OnnxRuntime, benchmark.LibTorch);
    });

    internal static Ratio LibTorchPostprocessing => new("decode-nms-share-libtorch", "decoding and suppression to 300 detections / the same and the network, LibTorch", 0.10, () =>
    {
        using var benchmark = new OnnxEngineBenchmark();
        for (var i = 0; i < RunsUntilCompiled; i++)
            benchmark.Postprocess();
        return Timing.Compare(benchmark.Postprocess, benchmark.NetworkAndPostprocess);
    });

    internal static Ratio OnnxPostprocessing => new("decode-nms-share-onnx", "decoding and suppression to 300 detections on plain memory / image to detections, ONNX Runtime", 0.10, () =>
    {
        using var benchmark = new OnnxEngineBenchmark();
        for (var i = 0; i < RunsUntilCompiled; i++)
            benchmark.OnnxPostprocess();
        return Timing.Compare(benchmark.OnnxPostprocess, benchmark.OnnxRuntime);
    });

    [Benchmark]
    public void OnnxRuntime() => _onnxEngine.Detect(_images, _options);

    [Benchmark(Baseline = true)]
    public void LibTorch() => _torchEngine.Detect(_images, _options);

    [Benchmark]
    public void Postprocess()
    {
        using var scope = NewDisposeScope();
        using var noGradient = inference_mode();
        RequireAll((int)Suppress()[0].Rows.shape[0]);
    }

    [Benchmark]
    public void NetworkAndPostprocess()
    {
        using var scope = NewDisposeScope();
        using var noGradient = inference_mode();
        _network.call(_input);
        Suppress();
    }

    [Benchmark]
    public void OnnxPostprocess()
    {
        var rows = new PredictionRows(ClassCount);
        var first = 0;
        for (var layer = 0; layer < _values.Length; layer++)
        {
            var cells = ImageSize / _network.Strides[layer];
            _onnxEngine.Decoder.AddLikely(_values[layer], layer, cells, cells, _options.ScoreThreshold, first, rows);
            first += _onnxEngine.Decoder.CountPredictions(cells, cells);
        }

        RequireAll(GreedySuppression.Apply(rows, _options).Indices.Length);
    }

    /// <inheritdoc/>
    [GlobalCleanup]
    public void Dispose()
    {
        _torch.Dispose();
        _onnxEngine.Dispose();
        _input.Dispose();
        foreach (var map in _maps)
            map.Dispose();
        GC.SuppressFinalize(this);
    }

    /// <summary>The map with every fortieth prediction sure of an object of some class: more than 300 are left after suppression.</summary>
    private static Tensor Crowd(Tensor map)
    {
        using var scope = NewDisposeScope();
        var logits = full_like(map, -6);
        var rows = logits.view(-1, map.shape[4]);
        var chosen = arange(0, rows.shape[0], 40);
        rows.index_put_(tensor(4f), chosen, tensor(4L));
        rows.index_put_(tensor(4f), chosen, (chosen % ClassCount) + 5);
        return logits.MoveToOuterDisposeScope().DetachFromDisposeScope();
    }

    private static void RequireAll(int detections)
    {
        if (detections != DetectionCount)
            throw new InvalidOperationException($"{detections} detections were left; the benchmark is about {DetectionCount}.");
    }

    private List<SuppressedPredictions> Suppress()
        => [.. _network.Head.CreateDecoder().DecodeLikely(_maps, _options.ScoreThreshold).Select(image => NonMaxSuppression.Apply(image, _options))];
}
