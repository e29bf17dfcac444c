namespace ML.Yolo.Imaging;

/// <summary>An image as the network sees it: its resized pixels, and where they lie on the canvas.</summary>
/// <param name="Image">The pixels.</param>
/// <param name="Letterbox">Their place, and the way back to the image as stored.</param>
internal readonly record struct LetterboxedImage(ResizedImage Image, Letterbox Letterbox);
