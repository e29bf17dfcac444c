using ML.Yolo.Boxes;

namespace ML.Yolo.Networks;

/// <summary>What a head predicts.</summary>
/// <param name="ClassCount">Number of classes, C.</param>
/// <param name="Strides">Pixels per cell, by layer of predictions.</param>
/// <param name="Anchors">Anchors, for heads that have some; null for others.</param>
/// <param name="Coding">How its logits become boxes.</param>
internal sealed record HeadSettings(int ClassCount, IReadOnlyList<int> Strides, AnchorSet? Anchors, BoxCoding Coding);
