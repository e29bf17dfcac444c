using ML.Yolo.Imaging;

namespace ML.Yolo.Scoring;

/// <summary>Images on canvases of one size, which the network takes together.</summary>
/// <param name="Indices">Which of the images to score each one is.</param>
/// <param name="Images">As many images.</param>
internal sealed record CanvasBatch(int[] Indices, LetterboxedImage[] Images);
