using System.Runtime.InteropServices;
using Microsoft.ML.Data;

namespace ML.Yolo.Imaging;

/// <summary>A rectangle of a bigger image, pixels as stored.</summary>
/// <param name="Left">First column.</param>
/// <param name="Top">First row.</param>
/// <param name="Width">Columns.</param>
/// <param name="Height">Rows.</param>
internal sealed record Tile(int Left, int Top, int Width, int Height)
{
    /// <summary>The part of an image, as an image of its own.</summary>
    public MLImage Cut(MLImage image)
    {
        var pixels = new uint[Width * Height];
        var all = MemoryMarshal.Cast<byte, uint>(image.Pixels);
        for (var row = 0; row < Height; row++)
            all.Slice(((Top + row) * image.Width) + Left, Width).CopyTo(pixels.AsSpan(row * Width));
        return MLImage.CreateFromPixels(Width, Height, image.PixelFormat, MemoryMarshal.AsBytes<uint>(pixels));
    }
}
