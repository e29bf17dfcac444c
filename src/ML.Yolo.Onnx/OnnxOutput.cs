namespace ML.Yolo;

/// <summary>
/// What an exported detector puts out. B images, N predictions, C classes, A anchors. Numbers are <see cref="float"/> where nothing else is said.
/// </summary>
public enum OnnxOutput
{
    /// <summary>
    /// The logits of the heads: <c>map0</c>, <c>map1</c> …, finest first, each (B, A, H / stride, W / stride, 5 + C), as <see cref="YoloNetwork.Forward"/>
    /// gives them.
    /// </summary>
    RawMaps,

    /// <summary>
    /// <c>predictions</c> (B, N, 5 + C): centre x, centre y, width, height in pixels, objectness and class probabilities; overlapping ones are still there.
    /// </summary>
    Decoded,

    /// <summary>
    /// <c>detections</c> (B, D, 6): x1, y1, x2, y2 in pixels, score, class index, most confident first, filled up with zeros; and <c>count</c> (B),
    /// <see cref="long"/>, how many of the rows are detections.
    /// </summary>
    Detections,
}
