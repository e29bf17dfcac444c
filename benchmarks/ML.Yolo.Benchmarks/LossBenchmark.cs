using BenchmarkDotNet.Attributes;
using static TorchSharp.torch;

namespace ML.Yolo.Benchmarks;

/// <summary>The loss, forward and backward, against a whole training step of YOLOv5n at 320 pixels, batch 8, 60 targets.</summary>
public class LossBenchmark : IDisposable
{
    private const int BatchSize = 8;
    private const int ImageSize = 320;
    private const int TargetCount = 60;
    private const int ClassCount = 80;

    private readonly YoloNetwork _network = YoloNetwork.Create(YoloArchitecture.V5Nano, ClassCount);
    private readonly DetectionLoss _loss;
    private readonly optim.Optimizer _optimizer;
    private readonly Tensor _images = rand(BatchSize, 3, ImageSize, ImageSize);
    private readonly Tensor _targets;
    private readonly Tensor[] _maps;

    public LossBenchmark()
    {
        _loss = AnchorLoss.Create(new YoloV5LossOptions(), _network.Anchors!);
        _optimizer = optim.SGD(_network.parameters(), 1e-6, momentum: 0.9, nesterov: true);
        using var scope = NewDisposeScope();
        var random = new Random(0);
        var targets = new float[TargetCount, 6];
        for (var i = 0; i < TargetCount; i++)
        {
            (targets[i, 0], targets[i, 1]) = (random.Next(BatchSize), random.Next(ClassCount));
            (targets[i, 2], targets[i, 3]) = (random.NextSingle(), random.NextSingle());
            (targets[i, 4], targets[i, 5]) = (0.02f + (0.5f * random.NextSingle()), 0.02f + (0.5f * random.NextSingle()));
        }

        _targets = tensor(targets).DetachFromDisposeScope();
        _maps = [.. _network.Forward(_images).Select(map => map.detach().requires_grad_().DetachFromDisposeScope())];
    }

    internal static Ratio ShareOfStep => new("loss-share-of-step", "loss forward and backward / forward, backward and step of YOLOv5n, 320 px, batch 8, 60 targets", 0.08, () =>
    {
        using var benchmark = new LossBenchmark();
        return Timing.Compare(benchmark.Loss, benchmark.Step);
    });

    [Benchmark]
    public void Loss()
    {
        using var scope = NewDisposeScope();
        autograd.grad([_loss.Compute(_maps, _targets).Total], _maps);
    }

    [Benchmark(Baseline = true)]
    public void Step()
    {
        using var scope = NewDisposeScope();
        _loss.Compute(_network.Forward(_images), _targets).Total.backward();
        _optimizer.step();
        _optimizer.zero_grad();
    }

    /// <inheritdoc/>
    [GlobalCleanup]
    public void Dispose()
    {
        _optimizer.Dispose();
        _loss.Dispose();
        _network.Dispose();
        _images.Dispose();
        _targets.Dispose();
        foreach (var map in _maps)
            map.Dispose();
        GC.SuppressFinalize(this);
    }
}
