namespace ML.Yolo.Weights;

/// <summary>What came of putting pretrained weights into a network.</summary>
/// <param name="IsHeadNew">Whether the head, or the part of it for some class, keeps its initial values.</param>
/// <param name="Head">What became of the head, as a sentence; null where it was taken over whole, class names and all.</param>
/// <param name="LeftOut">What else was not copied, in sentences.</param>
internal sealed record PretrainedLoad(bool IsHeadNew, string? Head, IReadOnlyList<string> LeftOut);
