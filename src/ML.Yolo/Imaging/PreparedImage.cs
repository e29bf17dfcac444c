namespace ML.Yolo.Imaging;

/// <summary>An image ready to be scored, and where it came from.</summary>
/// <param name="Image">What the network takes in.</param>
/// <param name="Frame">The image as stored.</param>
/// <param name="Source">Its path; null where it came from memory.</param>
internal sealed record PreparedImage(LetterboxedImage Image, ImageFrame Frame, string? Source);
