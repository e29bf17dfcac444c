using System.Runtime.InteropServices;
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
            ? (Table(2, CellOf), Table(1, (map, _, _, _) => (map.Stride, 0)), Table(2, AnchorOf))
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

    /// <summary>For a known image size: numbers of every prediction, (1, N, <paramref name="numbers"/>), worked out now.</summary>
    private string Table(int numbers, Func<LevelMap, int, int, int, (float First, float Second)> entry)
    {
        var values = new List<float>();
        for (var layer = 0; layer < Maps.Count; layer++)
        {
            var cells = Maps[layer].Height!.Value * Maps[layer].Width!.Value;
            for (var i = 0; i < _anchorCount * cells; i++)
            {
                var (first, second) = entry(Maps[layer], layer, i % cells, i / cells);
                values.AddRange(numbers == 1 ? [first] : [first, second]);
            }
        }

        return Graph.Constant(CollectionsMarshal.AsSpan(values), 1, values.Count / numbers, numbers);
    }

    private static (float X, float Y) CellOf(LevelMap map, int layer, int cell, int anchor) => (cell % map.Width!.Value, cell / map.Width!.Value);

    private (float Width, float Height) AnchorOf(LevelMap map, int layer, int cell, int anchor) => decoder.Anchors[layer, anchor];

    /// <summary>Column and row of every prediction's cell, (1, A·H·W, 2).</summary>
    private string Cells(LevelMap map)
        => Graph.Add("Tile", [Graph.Add("Unsqueeze", [CellNumbers(map), Graph.Integers(0)]), Graph.Integers(1, _anchorCount, 1)]);

    /// <summary>Pixels per cell, (1, A·H·W, 1).</summary>
    private string Strides(LevelMap map)
        => Spread(map, Graph.Constant(Enumerable.Repeat((float)map.Stride, _anchorCount).ToArray(), 1, _anchorCount, 1, 1), 1);

    /// <summary>Width and height of every prediction's anchor, (1, A·H·W, 2).</summary>
    private string Sizes(LevelMap map, int layer)
    {
        var anchors = Enumerable.Range(0, _anchorCount).Select(anchor => decoder.Anchors[layer, anchor]);
        var sizes = anchors.SelectMany(size => new[] { size.Width, size.Height });
        return Spread(map, Graph.Constant(sizes.ToArray(), 1, _anchorCount, 1, 2), 2);
    }

    /// <summary>(1, A, 1, n) to (1, A·H·W, n).</summary>
    private string Spread(LevelMap map, string anchors, int numbers)
    {
        var count = Graph.Add("ReduceProd", [SizeOf(map)]);                                       // (1)
        var shape = Join(0, Graph.Integers(1, _anchorCount), count, Graph.Integers(numbers));
        return Graph.Add("Reshape", [Graph.Add("Expand", [anchors, shape]), Graph.Integers(1, -1, numbers)]);
    }

    private string[] Split(string rows) => Graph.AddMany("Split", 3, [rows, Graph.Integers(2, 2, ConfidenceCount)], NodeAttribute.Integer("axis", 2));
}
