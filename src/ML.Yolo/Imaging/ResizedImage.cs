using Microsoft.ML.Data;
using SkiaSharp;

namespace ML.Yolo.Imaging;

/// <summary>Pixels of an image at the size the network sees, four bytes each: red, green, blue, and one unused.</summary>
/// <param name="Width">Pixels a row.</param>
/// <param name="Height">Rows.</param>
/// <param name="Pixels">Width × Height × 4 bytes, row by row.</param>
internal sealed record ResizedImage(int Width, int Height, byte[] Pixels)
{
    /// <summary>Bytes a pixel.</summary>
    public const int Channels = 4;

    /// <summary>Resizes an image of ML.NET to its place in a letterbox.</summary>
    /// <exception cref="NotSupportedException">The image has a pixel format ML.NET does not name.</exception>
    public static ResizedImage From(MLImage image, Letterbox letterbox)
    {
        var (width, height) = (letterbox.ResizedWidth, letterbox.ResizedHeight);
        var pixels = new byte[width * height * Channels];
        Resize(image, new SKImageInfo(width, height, SKColorType.Rgba8888, SKAlphaType.Opaque), pixels);
        return new ResizedImage(width, height, pixels);
    }

    private static unsafe void Resize(MLImage image, SKImageInfo target, byte[] pixels)
    {
        var colorType = image.PixelFormat switch
        {
            MLPixelFormat.Bgra32 => SKColorType.Bgra8888,
            MLPixelFormat.Rgba32 => SKColorType.Rgba8888,
            var format => throw new NotSupportedException($"An image of pixel format {format} cannot be read; ML.NET's are {MLPixelFormat.Bgra32} and {MLPixelFormat.Rgba32}."),
        };
        var info = new SKImageInfo(image.Width, image.Height, colorType, SKAlphaType.Opaque);
        fixed (byte* from = image.Pixels, to = pixels)
        {
            using var source = new SKPixmap(info, (nint)from, info.RowBytes);
            using var destination = new SKPixmap(target, (nint)to, target.RowBytes);
            var scaled = info.Size == target.Size ? source.ReadPixels(destination) : source.ScalePixels(destination, SKFilterQuality.Medium);
            if (!scaled)
                throw new InvalidOperationException($"An image of {info.Width} × {info.Height} pixels could not be resized to {target.Width} × {target.Height}.");
        }
    }
}
