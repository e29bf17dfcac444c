namespace WebDemo;

/// <summary>What was found in the images of a form, in their order.</summary>
/// <param name="Images">One per part.</param>
internal sealed record DetectedImages(IReadOnlyList<DetectedImage> Images);
