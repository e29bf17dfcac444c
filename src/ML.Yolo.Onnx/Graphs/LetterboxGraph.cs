using ML.Yolo.Imaging;
using static ML.Yolo.Onnx.Schema.TensorProto.Types;

namespace ML.Yolo.Onnx.Graphs;

/// <summary>Letterboxes one image of any size inside the graph, and takes boxes back to its pixels.</summary>
/// <param name="graph">Where to.</param>
/// <param name="height">Height of the canvas, pixels.</param>
/// <param name="width">Width of the canvas, pixels.</param>
internal sealed class LetterboxGraph(GraphBuilder graph, int height, int width)
{
    private const string Scope = "letterbox";

    private string _size = "";                                                            // (2): height and width of the image
    private string _resized = "";                                                         // (2): its height and width on the canvas
    private string _start = "";                                                           // (2): rows above it and columns at its left

    /// <summary>Writes the way of an image (H, W, 3) of bytes to the canvas (1, 3, height, width) of numbers in [0, 1].</summary>
    public string Write(string image)
    {
        graph.Scope = Scope;
        WriteSizes(image);
        var planes = graph.Add("Transpose", [graph.Add("Unsqueeze", [image, graph.Integers(0)])], NodeAttribute.Integers("perm", 0, 3, 1, 2));
        var scaled = graph.Add("Resize", [planes, "", "", graph.Add("Concat", [graph.Integers(1, 3), _resized], NodeAttribute.Integer("axis", 0))],
            NodeAttribute.Text("mode", "linear"), NodeAttribute.Integer("antialias", 1));
        var free = graph.Add("Sub", [graph.Integers(height, width), _resized]);
        _start = graph.Add("Div", [free, graph.Integers(2)]);
        var end = graph.Add("Sub", [free, _start]);
        var pads = graph.Add("Concat", [graph.Integers(0, 0), _start, graph.Integers(0, 0), end], NodeAttribute.Integer("axis", 0));
        var canvas = graph.Add("Pad", [scaled, pads, graph.Byte(Letterbox.Gray)]);
        var known = graph.Add("Reshape", [canvas, graph.Integers(1, 3, height, width)]);  // the size is the same each time, and what follows may know it
        return graph.Add("Div", [Cast(known, DataType.Float), graph.Constant([255f], 1)]);
    }

    /// <summary>Takes boxes (…, 4) of centre and size on the canvas to pixels of the image.</summary>
    public string CentresToImage(string boxes)
    {
        graph.Scope = Scope;
        var origin = graph.Add("Concat", [Floats(_start), graph.Constant([0f, 0f], 2)], NodeAttribute.Integer("axis", 0));
        return ToImage(boxes, graph.Add("Gather", [origin, graph.Integers(1, 0, 2, 3)]));
    }

    /// <summary>Takes boxes (…, 4) of two corners on the canvas to pixels of the image, clamped to it.</summary>
    public string CornersToImage(string boxes)
    {
        graph.Scope = Scope;
        var mapped = ToImage(boxes, graph.Add("Gather", [Floats(_start), graph.Integers(1, 0, 1, 0)]));
        var limits = graph.Add("Gather", [Floats(_size), graph.Integers(1, 0, 1, 0)]);
        return graph.Add("Min", [graph.Add("Max", [mapped, graph.Constant([0f], 1)]), limits]);
    }

    /// <summary>
    /// Both sides by one ratio, rounded as <see cref="Letterbox.Fit(int, int, int, int, bool)"/> does: in 64 bits, halves to even, at least one pixel.
    /// </summary>
    private void WriteSizes(string image)
    {
        _size = graph.Add("Shape", [image], NodeAttribute.Integer("start", 0), NodeAttribute.Integer("end", 2));
        var exact = Cast(_size, DataType.Double);
        var ratio = graph.Add("ReduceMin", [graph.Add("Div", [graph.Constant([(double)height, width], 2), exact])]);
        var rounded = graph.Add("Round", [graph.Add("Mul", [exact, ratio])]);
        _resized = Cast(graph.Add("Max", [rounded, graph.Constant([1d], 1)]), DataType.Int64);
    }

    private string ToImage(string boxes, string origin)
    {
        var scale = graph.Add("Div", [Floats(_resized), Floats(_size)]);                  // (2): y, x
        return graph.Add("Div", [graph.Add("Sub", [boxes, origin]), graph.Add("Gather", [scale, graph.Integers(1, 0, 1, 0)])]);
    }

    private string Floats(string value) => Cast(value, DataType.Float);

    private string Cast(string value, DataType type) => graph.Add("Cast", [value], NodeAttribute.Integer("to", (long)type));
}
