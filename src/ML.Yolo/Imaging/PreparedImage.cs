namespace ML.Yolo.Imaging;

/// <summary>An image ready to be scored, and where it came from.</summary>
/// <param name="Image">What the network takes in; null where the image could not be read and such images are passed over.</param>
/// <param name="Frame">The image as stored.</param>
/// <param name="Source">Its path; null where it came from memory.</param>
/// <param name="Problem">Why it could not be read; null where it could.</param>
internal sealed record PreparedImage(LetterboxedImage? Image, ImageFrame Frame, string? Source, string? Problem = null);
