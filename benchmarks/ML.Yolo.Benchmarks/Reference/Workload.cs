using System.Text.Json;
using System.Text.Json.Nodes;
using ML.Yolo.Networks;
using static TorchSharp.torch;

namespace ML.Yolo.Benchmarks.Reference;

/// <summary>What both sides compute: YOLOv5n with 80 classes, a batch of 8 at 320 pixels, and 60 targets.</summary>
internal sealed class Workload
{
    public const int BatchSize = 8;
    public const int ImageSize = 320;
    public const int ClassCount = 80;
    private const int TargetCount = 60;

    // The period of the values both sides fill maps with.
    private const int WavePeriod = 1009;

    public Workload()
    {
        var random = new Random(0);
        Targets =
        [
            .. Enumerable.Range(0, TargetCount).Select(_ => new[]
            {
                random.Next(BatchSize), random.Next(ClassCount),
                random.NextSingle(), random.NextSingle(), 0.02f + (0.5f * random.NextSingle()), 0.02f + (0.5f * random.NextSingle()),
            }),
        ];
    }

    /// <summary>The network.</summary>
    public static YoloArchitecture Architecture => YoloArchitecture.V5Nano;

    /// <summary>Image, class, cx, cy, w, h of every target.</summary>
    public float[][] Targets { get; }

    /// <summary>The same as a tensor, (N, 6).</summary>
    public Tensor TargetRows() => tensor(Targets.SelectMany(row => row).ToArray()).view(-1, 6);

    /// <summary>Maps of a kind that both sides can make without exchanging them.</summary>
    public static Tensor[] Waves() => [.. Architecture.Strides.Select(stride =>
    {
        long[] shape = [BatchSize, 3, ImageSize / stride, ImageSize / stride, 5 + ClassCount];
        return arange(shape.Aggregate((product, side) => product * side), ScalarType.Float32).remainder(WavePeriod).sin().view(shape);
    })];

    /// <summary>The work in one line, for the script.</summary>
    public string ToJson()
    {
        using var scope = NewDisposeScope();
        var cells = Architecture.Anchors!.InCells(Architecture.Strides);
        var anchors = Enumerable.Range(0, (int)cells.shape[0]).Select(layer => cells[layer].data<float>().ToArray().Chunk(2));
        return new JsonObject
        {
            ["network"] = JsonNode.Parse(ArchitectureConverter.Describe(Architecture)),
            ["anchors"] = JsonSerializer.SerializeToNode(anchors),
            ["targets"] = JsonSerializer.SerializeToNode(Targets),
            ["classes"] = ClassCount,
        }.ToJsonString();
    }
}
