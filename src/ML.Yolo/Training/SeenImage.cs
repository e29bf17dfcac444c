namespace ML.Yolo.Training;

/// <summary>An image as the network saw it.</summary>
/// <param name="Jpeg">The image, encoded.</param>
/// <param name="Width">Its width, pixels.</param>
/// <param name="Height">Its height, pixels.</param>
/// <param name="Objects">Class index and box, in pixels of it, of each object.</param>
internal sealed record SeenImage(byte[] Jpeg, int Width, int Height, IReadOnlyList<(int Class, Box Box)> Objects);
