namespace ML.Yolo.Onnx.Graphs;

/// <summary>One head of a network, as decoding sees it.</summary>
/// <param name="Map">The value (B, A·(5 + C), H, W).</param>
/// <param name="Stride">Pixels a cell.</param>
/// <param name="Anchors">A pairs of width and height, pixels.</param>
/// <param name="Height">Rows of cells; null where open.</param>
/// <param name="Width">Columns of cells; null where open.</param>
internal sealed record GraphHead(string Map, int Stride, float[] Anchors, int? Height, int? Width)
{
    /// <summary>Anchors a cell, A.</summary>
    public int AnchorCount => Anchors.Length / 2;
}
