using ML.Yolo.Boxes;
using ML.Yolo.Networks;

namespace ML.Yolo.Onnx.Graphs;

/// <summary>Writes the way from the maps of a point head to boxes and class probabilities.</summary>
/// <param name="graph">Where to.</param>
/// <param name="decoder">Its classes.</param>
/// <param name="maps">(B, 4R + C, H, W) per layer, finest first.</param>
internal sealed class PointHeadGraph(GraphBuilder graph, PointDecoder decoder, IReadOnlyList<LevelMap> maps) : HeadGraph(graph, maps)
{
    private readonly int _channels = PointChannels.Of(decoder.ClassCount);

    /// <summary>One probability per class.</summary>
    public override int ConfidenceCount => decoder.ClassCount;

    public override IEnumerable<(string Key, string Value)> Metadata => [];

    /// <summary>(B, 4R + C, H, W), as they are.</summary>
    public override IReadOnlyList<RawMap> RawMaps() => [.. Maps.Select(RawMap)];

    /// <summary>Each side lies the expectation of its bins away from the middle of the cell: Σ j · softmax(t)ⱼ · stride.</summary>
    public override DecodedGraph Decode()
    {
        Graph.Scope = "decode";
        var rows = Graph.Add("Transpose", [Join(2, [.. Maps.Select(Flat)])], NodeAttribute.Integers("perm", 0, 2, 1));            // (B, N, 4R + C)
        var parts = Graph.AddMany("Split", 2, [rows, Graph.Integers(PointChannels.FirstClass, decoder.ClassCount)], NodeAttribute.Integer("axis", 2));
        var sides = Graph.AddMany("Split", 2, [Distances(parts[0]), Graph.Integers(2, 2)], NodeAttribute.Integer("axis", 2));     // 2 × (B, N, 2)
        var (points, strides) = HasFixedSize
            ? (Table(2, 1, PointOf), Table(1, 1, (map, _, _, _) => (map.Stride, 0)))
            : (Join(1, [.. Maps.Select(Points)]), Join(1, [.. Maps.Select(Strides)]));
        var (start, end) = (Graph.Add("Sub", [points, sides[0]]), Graph.Add("Add", [points, sides[1]]));
        var centre = Graph.Add("Mul", [Graph.Add("Add", [start, end]), Graph.Constant([0.5f], 1)]);
        var boxes = Graph.Add("Mul", [Join(2, centre, Graph.Add("Sub", [end, start])), strides]);
        return new DecodedGraph(boxes, Graph.Add("Sigmoid", [parts[1]]));
    }

    /// <summary>There is no objectness to multiply in.</summary>
    public override string Scores(string confidences) => confidences;

    protected override int CountPredictions(int height, int width) => decoder.CountPredictions(height, width);

    private RawMap RawMap(LevelMap map, int layer)
        => new(map.Value, [_channels, map.Height is { } rows ? rows : $"height{layer}", map.Width is { } columns ? columns : $"width{layer}"]);

    /// <summary>(B, 4R + C, H·W).</summary>
    private string Flat(LevelMap map) => Graph.Add("Reshape", [map.Value, Graph.Integers(0, _channels, -1)]);

    /// <summary>Logits (B, N, 4R) to left, top, right and bottom in cells, (B, N, 4).</summary>
    private string Distances(string logits)
    {
        var bins = Graph.Add("Reshape", [logits, Graph.Integers(0, -1, YoloV8BoxCoding.Sides, YoloV8BoxCoding.Bins)]);            // (B, N, 4, R)
        var values = Enumerable.Range(0, YoloV8BoxCoding.Bins).Select(bin => (float)bin).ToArray();
        var expected = Graph.Add("MatMul", [Graph.Add("Softmax", [bins], NodeAttribute.Integer("axis", -1)), Graph.Constant(values, values.Length, 1)]);
        return Graph.Add("Reshape", [expected, Graph.Integers(0, -1, YoloV8BoxCoding.Sides)]);
    }

    private static (float X, float Y) PointOf(LevelMap map, int layer, int cell, int prediction)
        => ((cell % map.Width!.Value) + PointDecoder.Middle, (cell / map.Width!.Value) + PointDecoder.Middle);

    /// <summary>The middle of every cell, (1, H·W, 2), worked out from the size of the map.</summary>
    private string Points(LevelMap map)
        => Graph.Add("Unsqueeze", [Graph.Add("Add", [CellNumbers(map), Graph.Constant([PointDecoder.Middle], 1)]), Graph.Integers(0)]);

    /// <summary>Pixels per cell, (1, H·W, 1).</summary>
    private string Strides(LevelMap map) => Spread(map, 1, 1, [map.Stride]);
}
