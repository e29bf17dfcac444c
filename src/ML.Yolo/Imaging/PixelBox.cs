namespace ML.Yolo.Imaging;

/// <summary>A box in pixels, origin top left.</summary>
internal readonly record struct PixelBox(float X0, float Y0, float X1, float Y1);
