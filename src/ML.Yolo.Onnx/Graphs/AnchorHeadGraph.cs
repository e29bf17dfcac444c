using System.Text.Json;
using ML.Yolo.Boxes;
using ML.Yolo.Networks;

namespace ML.Yolo.Onnx.Graphs;

/// <summary>Writes the way from the maps of an anchor head to boxes, objectness and class probabilities, by the coding the network was trained with.</summary>
/// <param name="graph">Where to.</param>
/// <param name="decoder">Coding, anchors and classes.</param>
/// <param name="maps">(B, A·(5 + C), H, W) per layer, finest first.</param>
internal sealed class AnchorHeadGraph(GraphBuilder graph, AnchorDecoder decoder, IReadOnlyList<LevelMap> maps) : HeadGraph(graph, maps)
{
    private readonly int _channels = AnchorChannels.Of(decoder.ClassCount);
    private readonly int _anchorCount = decoder.Anchors.AnchorsPerLayer;

    /// <summary>Objectness, then one probability per class.</summary>
    public override int ConfidenceCount => 1 + decoder.ClassCount;

    public override IEnumerable<(string Key, string Value)> Metadata => [("anchors", JsonSerializer.Serialize(decoder.Anchors))];

    /// <summary>(B, A, H, W, 5 + C).</summary>
    public override IReadOnlyList<RawMap> RawMaps() => [.. Maps.Select(RawMap)];

    public override DecodedGraph Decode()
    {
        Graph.Scope = "decode";
        var logits = Join(1, [.. Maps.Select(Rows)]);                                             // (B, N, 5 + C)
        var (cells, strides, sizes) = HasFixedSize
            ? (Table(2, _anchorCount, CellOf), Table(1, _anchorCount, (map, _, _, _) => (map.Stride, 0)), Table(2, _anchorCount, AnchorOf))
            : (Join(1, [.. Maps.Select(Cells)]), Join(1, [.. Maps.Select(Strides)]), Join(1, [.. Maps.Select(Sizes)]));
        return decoder.Coding switch
        {
            YoloV5BoxCoding => V5(logits, cells, strides, sizes),
            YoloV3BoxCoding => V3(logits, cells, strides, sizes),
            var other => throw new NotSupportedException($"No graph is known for {other}."),
        };
    }

    /// <summary>Objectness times class probability.</summary>
    public override string Scores(string confidences)
    {
        var parts = Graph.AddMany("Split", 2, [confidences, Graph.Integers(1, decoder.ClassCount)], NodeAttribute.Integer("axis", 2));
        return Graph.Add("Mul", [parts[1], parts[0]]);
    }

    protected override int CountPredictions(int height, int width) => decoder.CountPredictions(height, width);

    private RawMap RawMap(LevelMap map, int layer)
    {
        Graph.Scope = "maps";
        var shape = map is { Height: { } height, Width: { } width }
            ? Graph.Integers(0, _anchorCount, _channels, height, width)
            : Graph.Add("Concat", [Graph.Integers(0, _anchorCount, _channels), SizeOf(map)], NodeAttribute.Integer("axis", 0));
        var value = Graph.Add("Transpose", [Graph.Add("Reshape", [map.Value, shape])], NodeAttribute.Integers("perm", 0, 1, 3, 4, 2));
        GraphDimension rows = map.Height is { } fixedRows ? fixedRows : $"height{layer}";
        GraphDimension columns = map.Width is { } fixedColumns ? fixedColumns : $"width{layer}";
        return new RawMap(value, [_anchorCount, rows, columns, _channels]);
    }

    /// <summary>Centre (2σ(t) − 0.5 + cell) · stride, size (2σ(t))² · anchor.</summary>
    private DecodedGraph V5(string logits, string cells, string strides, string sizes)
    {
        var parts = Split(Graph.Add("Sigmoid", [logits]));
        var doubled = Graph.Add("Mul", [parts[0], Graph.Constant([2f], 1)]);
        var offsets = Graph.Add("Add", [doubled, Graph.Add("Sub", [cells, Graph.Constant([0.5f], 1)])]);
        var twice = Graph.Add("Mul", [parts[1], Graph.Constant([2f], 1)]);
        var size = Graph.Add("Mul", [Graph.Add("Mul", [twice, twice]), sizes]);
        return new DecodedGraph(Join(2, Graph.Add("Mul", [offsets, strides]), size), parts[2]);
    }

    /// <summary>Centre (σ(t) + cell) · stride, size eᵗ · anchor.</summary>
    private DecodedGraph V3(string logits, string cells, string strides, string sizes)
    {
        var parts = Split(logits);
        var centre = Graph.Add("Mul", [Graph.Add("Add", [Graph.Add("Sigmoid", [parts[0]]), cells]), strides]);
        var exponent = Graph.Add("Min", [parts[1], Graph.Constant([(float)YoloV3BoxCoding.MaxExponent], 1)]);
        var size = Graph.Add("Mul", [Graph.Add("Exp", [exponent]), sizes]);
        return new DecodedGraph(Join(2, centre, size), Graph.Add("Sigmoid", [parts[2]]));
    }

    /// <summary>(B, A·H·W, 5 + C).</summary>
    private string Rows(LevelMap map)
    {
        var planes = Graph.Add("Reshape", [map.Value, Graph.Integers(0, _anchorCount, _channels, -1)]);
        var rows = Graph.Add("Transpose", [planes], NodeAttribute.Integers("perm", 0, 1, 3, 2));  // (B, A, H·W, 5 + C)
        return Graph.Add("Reshape", [rows, Graph.Integers(0, -1, _channels)]);
    }

    private static (float X, float Y) CellOf(LevelMap map, int layer, int cell, int anchor) => (cell % map.Width!.Value, cell / map.Width!.Value);

    private (float Width, float Height) AnchorOf(LevelMap map, int layer, int cell, int anchor) => decoder.Anchors[layer, anchor];

    /// <summary>Column and row of every prediction's cell, (1, A·H·W, 2).</summary>
    private string Cells(LevelMap map)
        => Graph.Add("Tile", [Graph.Add("Unsqueeze", [CellNumbers(map), Graph.Integers(0)]), Graph.Integers(1, _anchorCount, 1)]);

    /// <summary>Pixels per cell, (1, A·H·W, 1).</summary>
    private string Strides(LevelMap map) => Spread(map, _anchorCount, 1, [.. Enumerable.Repeat((float)map.Stride, _anchorCount)]);

    /// <summary>Width and height of every prediction's anchor, (1, A·H·W, 2).</summary>
    private string Sizes(LevelMap map, int layer)
    {
        var anchors = Enumerable.Range(0, _anchorCount).Select(anchor => decoder.Anchors[layer, anchor]);
        return Spread(map, _anchorCount, 2, [.. anchors.SelectMany(size => new[] { size.Width, size.Height })]);
    }

    private string[] Split(string rows) => Graph.AddMany("Split", 3, [rows, Graph.Integers(2, 2, ConfidenceCount)], NodeAttribute.Integer("axis", 2));
}
