using System.Runtime.InteropServices;
using ML.Yolo.Networks;
using static ML.Yolo.Onnx.Schema.TensorProto.Types;

namespace ML.Yolo.Onnx.Graphs;

/// <summary>Writes what a kind of head means by its maps. Nothing else in a graph knows which head it is.</summary>
/// <param name="graph">Where to.</param>
/// <param name="maps">What the head's convolutions put out, finest first.</param>
internal abstract class HeadGraph(GraphBuilder graph, IReadOnlyList<LevelMap> maps)
{
    /// <summary>Where to.</summary>
    protected GraphBuilder Graph => graph;

    /// <summary>What the head's convolutions put out, finest first.</summary>
    protected IReadOnlyList<LevelMap> Maps => maps;

    /// <summary>Numbers per prediction in <see cref="DecodedGraph.Confidences"/>.</summary>
    public abstract int ConfidenceCount { get; }

    /// <summary>Predictions, N; null where the size is open.</summary>
    public long? PredictionCount => HasFixedSize ? maps.Sum(map => (long)CountPredictions(map.Height!.Value, map.Width!.Value)) : null;

    /// <summary>What readers of the file must know of the head, as keys and values; lists are JSON.</summary>
    public abstract IEnumerable<(string Key, string Value)> Metadata { get; }

    /// <summary>Whether height and width are known while the graph is written.</summary>
    protected bool HasFixedSize => maps.All(map => map.Height is not null && map.Width is not null);

    /// <summary>The graph of the head that a decoder reads.</summary>
    public static HeadGraph Create(GraphBuilder graph, MapDecoder decoder, IReadOnlyList<LevelMap> maps) => decoder switch
    {
        AnchorDecoder anchors => new AnchorHeadGraph(graph, anchors, maps),
        PointDecoder points => new PointHeadGraph(graph, points, maps),
        var other => throw new NotSupportedException($"No graph is known for {other.GetType().Name}."),
    };

    /// <summary>The maps as the network gives them.</summary>
    public abstract IReadOnlyList<RawMap> RawMaps();

    /// <summary>Boxes and confidences of every prediction, in the order of the raw maps.</summary>
    public abstract DecodedGraph Decode();

    /// <summary>One score per prediction and class, (B, N, C), of confidences.</summary>
    public abstract string Scores(string confidences);

    /// <summary>Predictions of a layer with that many cells.</summary>
    protected abstract int CountPredictions(int height, int width);

    /// <summary>Rows and columns of a map, (2).</summary>
    protected string SizeOf(LevelMap map) => graph.Add("Shape", [map.Value], NodeAttribute.Integer("start", 2), NodeAttribute.Integer("end", 4));

    /// <summary>Column and row of every cell, (H·W, 2), worked out from the size of the map.</summary>
    protected string CellNumbers(LevelMap map)
    {
        var size = SizeOf(map);
        var count = graph.Add("ReduceProd", [size], NodeAttribute.Integer("keepdims", 0));
        var index = graph.Add("Unsqueeze", [graph.Add("Range", [graph.Integer(0), count, graph.Integer(1)]), graph.Integers(1)]);  // (H·W, 1)
        var columns = graph.Add("Gather", [size, graph.Integers(1)]);
        var cells = Join(1, graph.Add("Mod", [index, columns]), graph.Add("Div", [index, columns]));
        return graph.Add("Cast", [cells], NodeAttribute.Integer("to", (long)DataType.Float));
    }

    /// <summary>For a known image size: numbers of every prediction, (1, N, <paramref name="numbers"/>), worked out now.</summary>
    /// <param name="numbers">One or two.</param>
    /// <param name="perCell">Predictions per cell, A.</param>
    /// <param name="entry">The numbers of one, by map, layer, cell and its place in the cell.</param>
    protected string Table(int numbers, int perCell, Func<LevelMap, int, int, int, (float First, float Second)> entry)
    {
        var values = new List<float>();
        foreach (var (layer, map) in maps.Index())
        {
            var cells = map.Height!.Value * map.Width!.Value;
            for (var i = 0; i < perCell * cells; i++)
            {
                var (first, second) = entry(map, layer, i % cells, i / cells);
                values.AddRange(numbers == 1 ? [first] : [first, second]);
            }
        }

        return graph.Constant(CollectionsMarshal.AsSpan(values), 1, values.Count / numbers, numbers);
    }

    /// <summary>The same numbers for every cell of a map: A · n numbers to (1, A·H·W, n).</summary>
    protected string Spread(LevelMap map, int perCell, int numbers, ReadOnlySpan<float> values)
    {
        var count = graph.Add("ReduceProd", [SizeOf(map)]);                                       // (1)
        var shape = Join(0, graph.Integers(1, perCell), count, graph.Integers(numbers));
        return graph.Add("Reshape", [graph.Add("Expand", [graph.Constant(values, 1, perCell, 1, numbers), shape]), graph.Integers(1, -1, numbers)]);
    }

    /// <summary>Joins values along an axis.</summary>
    protected string Join(int axis, params string[] values)
        => values.Length == 1 ? values[0] : graph.Add("Concat", values, NodeAttribute.Integer("axis", axis));
}
