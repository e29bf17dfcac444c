using System.Runtime.InteropServices;
using ML.Yolo.Boxes;
using static ML.Yolo.Onnx.Schema.TensorProto.Types;

namespace ML.Yolo.Onnx.Graphs;

/// <summary>Writes the way from the maps of the heads to boxes and probabilities, by the coding the network was trained with.</summary>
/// <param name="graph">Where to.</param>
/// <param name="coding">The coding.</param>
/// <param name="channels">5 + C.</param>
internal sealed class BoxDecoding(GraphBuilder graph, BoxCoding coding, int channels)
{
    /// <summary>A raw map (B, A, H, W, 5 + C).</summary>
    public string RawMap(GraphHead head)
    {
        graph.Scope = "maps";
        var shape = head is { Height: { } height, Width: { } width }
            ? graph.Integers(0, head.AnchorCount, channels, height, width)
            : graph.Add("Concat", [graph.Integers(0, head.AnchorCount, channels), SizeOf(head)], NodeAttribute.Integer("axis", 0));
        return graph.Add("Transpose", [graph.Add("Reshape", [head.Map, shape])], NodeAttribute.Integers("perm", 0, 1, 3, 4, 2));
    }

    /// <summary>Boxes (B, N, 4), centre and size in pixels of the network's input, and probabilities (B, N, 1 + C), objectness first; A·H·W rows a head, in the order of the raw maps.</summary>
    public (string Boxes, string Probabilities) Write(IReadOnlyList<GraphHead> heads)
    {
        graph.Scope = "decode";
        var logits = Join(1, [.. heads.Select(Rows)]);                                            // (B, N, 5 + C)
        var (cells, strides, sizes) = heads.All(head => head.Height is not null && head.Width is not null)
            ? (Table(heads, 2, CellOf), Table(heads, 1, (head, _, _) => (head.Stride, 0)), Table(heads, 2, AnchorOf))
            : (Join(1, [.. heads.Select(Cells)]), Join(1, [.. heads.Select(Strides)]), Join(1, [.. heads.Select(Sizes)]));
        return coding switch
        {
            YoloV5BoxCoding => V5(logits, cells, strides, sizes),
            YoloV3BoxCoding => V3(logits, cells, strides, sizes),
            _ => throw new NotSupportedException($"No graph is known for {coding.GetType().Name}."),
        };
    }

    /// <summary>Centre (2σ(t) − 0.5 + cell) · stride, size (2σ(t))² · anchor.</summary>
    private (string Boxes, string Probabilities) V5(string logits, string cells, string strides, string sizes)
    {
        var parts = Split(graph.Add("Sigmoid", [logits]));
        var doubled = graph.Add("Mul", [parts[0], graph.Constant([2f], 1)]);
        var offsets = graph.Add("Add", [doubled, graph.Add("Sub", [cells, graph.Constant([0.5f], 1)])]);
        var twice = graph.Add("Mul", [parts[1], graph.Constant([2f], 1)]);
        var size = graph.Add("Mul", [graph.Add("Mul", [twice, twice]), sizes]);
        return (Join(2, graph.Add("Mul", [offsets, strides]), size), parts[2]);
    }

    /// <summary>Centre (σ(t) + cell) · stride, size eᵗ · anchor.</summary>
    private (string Boxes, string Probabilities) V3(string logits, string cells, string strides, string sizes)
    {
        var parts = Split(logits);
        var centre = graph.Add("Mul", [graph.Add("Add", [graph.Add("Sigmoid", [parts[0]]), cells]), strides]);
        var exponent = graph.Add("Min", [parts[1], graph.Constant([(float)YoloV3BoxCoding.LargestExponent], 1)]);
        var size = graph.Add("Mul", [graph.Add("Exp", [exponent]), sizes]);
        return (Join(2, centre, size), graph.Add("Sigmoid", [parts[2]]));
    }

    /// <summary>(B, A·H·W, 5 + C).</summary>
    private string Rows(GraphHead head)
    {
        var planes = graph.Add("Reshape", [head.Map, graph.Integers(0, head.AnchorCount, channels, -1)]);
        var rows = graph.Add("Transpose", [planes], NodeAttribute.Integers("perm", 0, 1, 3, 2));  // (B, A, H·W, 5 + C)
        return graph.Add("Reshape", [rows, graph.Integers(0, -1, channels)]);
    }

    /// <summary>For a known image size: numbers of every prediction, (1, N, <paramref name="numbers"/>), worked out now.</summary>
    private string Table(IReadOnlyList<GraphHead> heads, int numbers, Func<GraphHead, int, int, (float First, float Second)> entry)
    {
        var values = new List<float>();
        foreach (var head in heads)
        {
            var cells = head.Height!.Value * head.Width!.Value;
            for (var i = 0; i < head.AnchorCount * cells; i++)
            {
                var (first, second) = entry(head, i % cells, i / cells);
                values.AddRange(numbers == 1 ? [first] : [first, second]);
            }
        }

        return graph.Constant(CollectionsMarshal.AsSpan(values), 1, values.Count / numbers, numbers);
    }

    private static (float X, float Y) CellOf(GraphHead head, int cell, int anchor) => (cell % head.Width!.Value, cell / head.Width!.Value);

    private static (float Width, float Height) AnchorOf(GraphHead head, int cell, int anchor) => (head.Anchors[2 * anchor], head.Anchors[(2 * anchor) + 1]);

    /// <summary>Column and row of every prediction's cell, (1, A·H·W, 2), worked out from the size of the map.</summary>
    private string Cells(GraphHead head)
    {
        var size = SizeOf(head);
        var count = graph.Add("ReduceProd", [size], NodeAttribute.Integer("keepdims", 0));
        var index = graph.Add("Unsqueeze", [graph.Add("Range", [graph.Integer(0), count, graph.Integer(1)]), graph.Integers(1)]);  // (H·W, 1)
        var columns = graph.Add("Gather", [size, graph.Integers(1)]);
        var cells = Join(1, graph.Add("Mod", [index, columns]), graph.Add("Div", [index, columns]));
        var numbers = graph.Add("Cast", [cells], NodeAttribute.Integer("to", (long)DataType.Float));
        return graph.Add("Tile", [graph.Add("Unsqueeze", [numbers, graph.Integers(0)]), graph.Integers(1, head.AnchorCount, 1)]);
    }

    /// <summary>Pixels a cell, (1, A·H·W, 1).</summary>
    private string Strides(GraphHead head) => Spread(head, graph.Constant(Enumerable.Repeat((float)head.Stride, head.AnchorCount).ToArray(), 1, head.AnchorCount, 1, 1), 1);

    /// <summary>Width and height of every prediction's anchor, (1, A·H·W, 2).</summary>
    private string Sizes(GraphHead head) => Spread(head, graph.Constant(head.Anchors, 1, head.AnchorCount, 1, 2), 2);

    /// <summary>(1, A, 1, n) to (1, A·H·W, n).</summary>
    private string Spread(GraphHead head, string anchors, int numbers)
    {
        var count = graph.Add("ReduceProd", [SizeOf(head)]);                                      // (1)
        var shape = Join(0, graph.Integers(1, head.AnchorCount), count, graph.Integers(numbers));
        return graph.Add("Reshape", [graph.Add("Expand", [anchors, shape]), graph.Integers(1, -1, numbers)]);
    }

    private string SizeOf(GraphHead head) => graph.Add("Shape", [head.Map], NodeAttribute.Integer("start", 2), NodeAttribute.Integer("end", 4));

    private string[] Split(string rows) => graph.AddMany("Split", 3, [rows, graph.Integers(2, 2, channels - 4)], NodeAttribute.Integer("axis", 2));

    private string Join(int axis, params string[] values) => values.Length == 1 ? values[0] : graph.Add("Concat", values, NodeAttribute.Integer("axis", axis));
}
