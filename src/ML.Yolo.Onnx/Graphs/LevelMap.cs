namespace ML.Yolo.Onnx.Graphs;

/// <summary>What the convolutions of a head put out for one layer of predictions.</summary>
/// <param name="Value">The value, (B, channels, H, W).</param>
/// <param name="Stride">Pixels per cell.</param>
/// <param name="Height">Rows of cells; null where open.</param>
/// <param name="Width">Columns of cells; null where open.</param>
internal sealed record LevelMap(string Value, int Stride, int? Height, int? Width);
