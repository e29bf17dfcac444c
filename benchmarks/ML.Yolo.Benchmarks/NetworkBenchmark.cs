using ML.Yolo.Benchmarks.Reference;
using ML.Yolo.Scoring;
using static TorchSharp.torch;

namespace ML.Yolo.Benchmarks;

/// <summary>The network alone as LibTorch scores with it: one image of 640 pixels, from floats to maps.</summary>
internal sealed class NetworkBenchmark : IDisposable
{
    private readonly TorchEngine _engine;
    private readonly Tensor _image = rand(1, 640, 640, 3).permute(0, 3, 1, 2);

    public NetworkBenchmark()
    {
        var network = YoloNetwork.Create(Workload.Architecture, Workload.ClassCount);
        network.eval();
        _engine = new TorchEngine(network, CPU);
    }

    public void Run()
    {
        using var scope = NewDisposeScope();
        using var noGradient = inference_mode();
        _engine.Run(_image);
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _engine.Dispose();
        _image.Dispose();
    }
}
