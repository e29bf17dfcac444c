using TorchSharp;

namespace ML.Yolo.Benchmarks.Reference;

/// <summary>The ratios to PyTorch: the same network, loss and step, run in turns by this library and by a Python process.</summary>
internal sealed class PyTorchRatios : IDisposable
{
    private const int Fast = 20;
    private const int Slow = 5;

    // .NET compiles what runs often a second time, better: the loss is our own code, and no training is that short.
    private const int RunsUntilCompiled = 200;
    private const string LossWork = "loss_alone";
    private const string StepWork = "step";
    private const string FusedWork = "network_fused";
    private const string FusedChannelsLastWork = "network_fused_channels_last";

    private readonly Workload _workload = new();
    private readonly Lazy<PyTorch?> _python;
    private readonly int _threads = torch.get_num_threads();

    public PyTorchRatios() => _python = new(() => PyTorch.Start(_workload));

    /// <summary>PyTorch, as the table names it; null where there is none.</summary>
    public string? Version => _python.Value?.Version;

    /// <summary>All of them. Their goals are those of the project's issue on speed.</summary>
    public IEnumerable<Ratio> All =>
    [
        Of("step", "a training step of YOLOv5n, 320 px, batch 8, 60 targets, with clipping, optimiser and average / PyTorch", 0.75, Step),
        Of("loss", "its loss, forward and backward / PyTorch", 0.7, () => Loss(_threads)),
        Of("network", "the network alone, 640 px, batch 1, LibTorch / PyTorch fused, in the faster of both memory orders", 0.95, Network),
        Of("folder-libtorch", "a photo of a folder of 128, 640 px, from file to columns, LibTorch / decoding and PyTorch's network, one by one", 0.65,
            () => Folder(ScoringEngine.LibTorch)),
        Of("folder-onnx", "the same with ONNX Runtime", 0.4, () => Folder(ScoringEngine.OnnxRuntime)),
        Of("training", "a batch of training with decoding, mosaics and all / PyTorch's step with no loader at all", null, Training),

        // The last: LibTorch is slower for the rest of the process once its number of threads was changed.
        Of("loss-one-thread", "the loss on one thread each", 0.7, () => Loss(threads: 1)),
    ];

    /// <summary>Whether both sides compute the same loss; otherwise their times say nothing.</summary>
    public void CheckLoss()
    {
        using var scope = torch.NewDisposeScope();
        using var network = YoloNetwork.Create(Workload.Architecture, Workload.ClassCount);
        using var loss = AnchorLoss.Create(new YoloV5LossOptions(), network.Anchors!);
        var (ours, theirs) = ((double)loss.Compute(Workload.Waves(), _workload.TargetRows()).Total.item<float>(), _python.Value!.LossValue);
        if (Math.Abs(ours - theirs) > 1e-4 * theirs)
            throw new InvalidOperationException(FormattableString.Invariant($"The loss is {ours} here and {theirs} in PyTorch."));
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        if (_python is { IsValueCreated: true, Value: { } python })
            python.Dispose();
    }

    private static Ratio Of(string name, string claim, double? goal, Func<Comparison> measure) => new(name, claim, goal, measure) { IsAgainstPyTorch = true };

    private Comparison Step()
    {
        using var benchmark = new TrainingStepBenchmark(_workload);
        return _python.Value!.Compare(benchmark.Step, StepWork, _threads, Slow);
    }

    private Comparison Loss(int threads)
    {
        using var benchmark = new LossBenchmark();
        for (var i = 0; i < RunsUntilCompiled; i++)
            benchmark.Loss();
        if (threads != _threads)
            torch.set_num_threads(threads);
        try
        {
            return _python.Value!.Compare(benchmark.Loss, LossWork, threads, Fast);
        }
        finally
        {
            if (threads != _threads)
                torch.set_num_threads(_threads);
        }
    }

    private Comparison Network()
    {
        using var benchmark = new NetworkBenchmark();
        var plain = _python.Value!.Compare(benchmark.Run, FusedWork, _threads, Fast);
        return plain with { Second = Math.Min(plain.Second, _python.Value!.Time(FusedChannelsLastWork, _threads, Fast)) };
    }

    private Comparison Folder(ScoringEngine engine)
    {
        using var benchmark = new ScoringBenchmark(engine);
        var network = _python.Value!.Time(FusedWork, _threads, Fast);
        return new Comparison(Timing.Median(benchmark.Folder, rounds: 5, warmupRounds: 2) / ScoringBenchmark.PhotoCount, network + benchmark.DecodeTime());
    }

    private Comparison Training()
    {
        using var benchmark = new TrainingBenchmark();
        return new Comparison(benchmark.BatchTime(), _python.Value!.Time(StepWork, _threads, Slow));
    }
}
