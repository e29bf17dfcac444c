namespace ML.Yolo;

/// <summary>
/// What an exported detector puts out. B images, N predictions, C classes, A anchors. Numbers are <see cref="float"/> where nothing else is said.
/// </summary>
public enum OnnxOutput
{
    /// <summary>
    /// The logits of the heads: <c>map0</c>, <c>map1</c> …, finest first, as <see cref="YoloNetwork.Forward"/> gives them: (B, A, H / stride, W / stride,
    /// 5 + C) each of an anchor head, (B, 64 + C, H / stride, W / stride) of a point head.
    /// </summary>
    RawMaps,

    /// <summary>
    /// <c>predictions</c>: centre x, centre y, width, height in pixels, then objectness and class probabilities (B, N, 5 + C) of an anchor head, class
    /// probabilities alone (B, N, 4 + C) of a point head; overlapping ones are still there. YOLOv5's detect script reads those of anchor heads.
    /// </summary>
    Decoded,

    /// <summary>
    /// <c>detections</c> (B, D, 6): x1, y1, x2, y2 in pixels, score, class index, most confident first, filled up with zeros; and <c>count</c> (B),
    /// <see cref="long"/>, how many of the rows are detections.
    /// </summary>
    Detections,

    /// <summary>
    /// <c>output0</c> (B, 4 + C, N): centre x, centre y, width, height in pixels, then one score per class, objectness multiplied in; overlapping ones are
    /// still there. The layout and the metadata of Ultralytics' exports, which other programs read, whatever the head.
    /// </summary>
    Ultralytics,
}
