namespace ML.Yolo.Onnx.Graphs;

/// <summary>A map of logits as the network gives it.</summary>
/// <param name="Value">The value.</param>
/// <param name="Dimensions">Its sizes behind the batch.</param>
internal sealed record RawMap(string Value, GraphDimension[] Dimensions);
