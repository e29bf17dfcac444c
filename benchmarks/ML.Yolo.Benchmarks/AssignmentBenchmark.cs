using BenchmarkDotNet.Attributes;
using ML.Yolo.Tests.Losses;
using static TorchSharp.torch;

namespace ML.Yolo.Benchmarks;

/// <summary>The assignment of the YOLOv5 loss on three layers at 320 pixels, against loops over layers, neighbours, anchors and targets.</summary>
public class AssignmentBenchmark : IDisposable
{
    private const int BatchSize = 8;
    private const int ImageSize = 320;

    private AnchorLoss _loss = null!;
    private Tensor _targets = null!;
    private Tensor[] _maps = [];
    private double[][] _targetRows = [];
    private double[][][] _anchorRows = [];

    /// <summary>Objects in the batch.</summary>
    [Params(60, 6000)]
    public int TargetCount { get; set; }

    internal static Ratio Usual => Of("assignment-60", 60);

    internal static Ratio Crowded => Of("assignment-6000", 6000);

    [GlobalSetup]
    public void Setup()
    {
        using var scope = NewDisposeScope();
        var architecture = YoloArchitecture.V5Nano;
        using var network = YoloNetwork.Create(architecture, classCount: 1);
        _loss = AnchorLoss.Create(new YoloV5LossOptions(), network.Anchors!);
        var random = new Random(0);
        _targetRows = [.. Enumerable.Range(0, TargetCount).Select(_ => new double[] { random.Next(BatchSize), 0, random.NextSingle(), random.NextSingle(), 0.02f + (0.5f * random.NextSingle()), 0.02f + (0.5f * random.NextSingle()) })];
        _anchorRows = [.. Enumerable.Range(0, architecture.Strides.Count).Select(layer => network.Anchors![layer].to(ScalarType.Float64).data<double>().ToArray().Chunk(2).ToArray())];
        _targets = stack(_targetRows.Select(row => tensor(row))).to(ScalarType.Float32).DetachFromDisposeScope();
        _maps = [.. architecture.Strides.Select(stride => zeros([BatchSize, 3, ImageSize / stride, ImageSize / stride, 6]).DetachFromDisposeScope())];
    }

    [Benchmark]
    public void Tensors()
    {
        using var scope = NewDisposeScope();
        _loss.BuildTargets(_maps, _targets);
    }

    [Benchmark(Baseline = true)]
    public void Loops()
    {
        for (var layer = 0; layer < _maps.Length; layer++)
            YoloV5Oracle.Assign(_targetRows, _anchorRows[layer], (int)_maps[layer].shape[2], (int)_maps[layer].shape[3], threshold: 4);
    }

    /// <inheritdoc/>
    [GlobalCleanup]
    public void Dispose()
    {
        _loss.Dispose();
        _targets.Dispose();
        foreach (var map in _maps)
            map.Dispose();
        GC.SuppressFinalize(this);
    }

    private static Ratio Of(string name, int targetCount) => new(name, $"assignment by tensors / by loops, {targetCount} targets", null, () =>
    {
        using var benchmark = new AssignmentBenchmark { TargetCount = targetCount };
        benchmark.Setup();
        return Timing.Compare(benchmark.Tensors, benchmark.Loops);
    });
}
