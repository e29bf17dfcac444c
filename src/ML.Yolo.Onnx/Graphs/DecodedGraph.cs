namespace ML.Yolo.Onnx.Graphs;

/// <summary>Decoded predictions in a graph.</summary>
/// <param name="Boxes">(B, N, 4): centre and size in pixels of the network's input.</param>
/// <param name="Confidences">(B, N, …): what the head's own layout has behind the boxes.</param>
internal sealed record DecodedGraph(string Boxes, string Confidences);
