namespace WebDemo;

/// <summary>A box in pixels: left, top, right, bottom.</summary>
internal sealed record PixelBox(float X0, float Y0, float X1, float Y1);
