using static ML.Yolo.Onnx.Schema.TensorProto.Types;

namespace ML.Yolo.Onnx.Graphs;

/// <summary>Writes non-maximum suppression and the gathering of what stays into rows of a fixed number.</summary>
/// <param name="graph">Where to.</param>
/// <param name="scoring">Thresholds, and whether a box may be reported under several classes.</param>
/// <param name="classCount">C.</param>
internal sealed class SuppressionGraph(GraphBuilder graph, NmsOptions scoring, int classCount)
{
    private const string Scope = "suppress";

    /// <summary>Chooses the detections of every image.</summary>
    /// <param name="boxes">(B, N, 4): centre and size.</param>
    /// <param name="scores">(B, N, C): one score per class.</param>
    /// <returns>Corners (B, D, 4), scores (B, D, 1) and class indices (B, D, 1), most confident first; a score of 0 where there is no more.</returns>
    public (string Corners, string Scores, string Classes) Write(string boxes, string scores)
    {
        graph.Scope = Scope;
        scores = ByClass(scores);                                                                 // (B, C, N)
        var kept = graph.Add("NonMaxSuppression",
            [boxes, scores, graph.Integers(scoring.MaxDetections), graph.Constant([scoring.IouThreshold], 1), graph.Constant([scoring.ScoreThreshold], 1)],
            NodeAttribute.Integer("center_point_box", 1));                                        // (K, 3): image, class, box
        var zeros = graph.Add("Mul", [scores, graph.Constant([0f], 1)]);
        var remaining = graph.Add("ScatterND", [zeros, kept, graph.Add("GatherND", [scores, kept])]);
        var flat = graph.Add("Flatten", [remaining], NodeAttribute.Integer("axis", 1));           // (B, C·N)
        var available = graph.Add("Shape", [flat], NodeAttribute.Integer("start", 1));
        var best = graph.AddMany("TopK", 2, [flat, graph.Add("Min", [available, graph.Integers(scoring.MaxDetections)])]);

        var boxCount = graph.Add("Shape", [boxes], NodeAttribute.Integer("start", 1), NodeAttribute.Integer("end", 2));
        var box = graph.Add("Mod", [best[1], boxCount]);                                          // (B, D)
        var label = Floats(graph.Add("Div", [best[1], boxCount]));
        var chosen = graph.Add("GatherND", [boxes, Last(box)], NodeAttribute.Integer("batch_dims", 1));
        return (Corners(chosen), Last(best[0]), Last(label));
    }

    /// <summary>Rows (B, D, 6), zeros where there is no detection, and how many there are (B).</summary>
    public (string Detections, string Count) Rows(string corners, string scores, string classes)
    {
        graph.Scope = Scope;
        var rows = graph.Add("Concat", [corners, scores, classes], NodeAttribute.Integer("axis", 2));
        var isDetection = graph.Add("Greater", [scores, graph.Constant([0f], 1)]);                // (B, D, 1)
        var detections = graph.Add("Where", [isDetection, rows, graph.Constant([0f], 1)]);
        var counted = graph.Add("Cast", [isDetection], NodeAttribute.Integer("to", (long)DataType.Int64));
        var count = graph.Add("ReduceSum", [counted, graph.Integers(1, 2)], NodeAttribute.Integer("keepdims", 0));
        return (detections, count);
    }

    /// <summary>(B, N, C) to (B, C, N); of each box only the likeliest class keeps its score, unless it may have several.</summary>
    private string ByClass(string scores)
    {
        var byClass = graph.Add("Transpose", [scores], NodeAttribute.Integers("perm", 0, 2, 1));
        if (scoring.MultiLabel || classCount == 1)
            return byClass;
        var likeliest = graph.Add("ReduceMax", [byClass, graph.Integers(1)]);                     // (B, 1, N)
        return graph.Add("Where", [graph.Add("Less", [byClass, likeliest]), graph.Constant([0f], 1), byClass]);
    }

    private string Corners(string boxes)
    {
        var parts = graph.AddMany("Split", 2, [boxes, graph.Integers(2, 2)], NodeAttribute.Integer("axis", 2));
        var half = graph.Add("Mul", [parts[1], graph.Constant([0.5f], 1)]);
        return graph.Add("Concat", [graph.Add("Sub", [parts[0], half]), graph.Add("Add", [parts[0], half])], NodeAttribute.Integer("axis", 2));
    }

    private string Last(string value) => graph.Add("Unsqueeze", [value, graph.Integers(2)]);

    private string Floats(string value) => graph.Add("Cast", [value], NodeAttribute.Integer("to", (long)DataType.Float));
}
