using System.Runtime.InteropServices;
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

    /// <summary>Resizes an image of ML.NET to its place in a letterbox, upright. Shrinking takes the mean of the area, enlarging interpolates linearly, as the reference does outside of augmentation.</summary>
    /// <remarks>Colours of transparent pixels are as ML.NET holds them: over black.</remarks>
    /// <exception cref="NotSupportedException">The image has a pixel format ML.NET does not name.</exception>
    public static ResizedImage From(MLImage image, Letterbox letterbox)
    {
        var (width, height) = (letterbox.ResizedWidth, letterbox.ResizedHeight);
        if (letterbox.Frame.IsUpright)
            return new ResizedImage(width, height, Resize(image, width, height));
        var resized = letterbox.Frame.SwapsAxes ? letterbox.Frame.Resize(height, width) : letterbox.Frame.Resize(width, height);
        return new ResizedImage(width, height, resized.Turn(Resize(image, resized.Width, resized.Height)));
    }

    private static byte[] Resize(MLImage image, int width, int height)
    {
        var colorType = image.PixelFormat switch
        {
            MLPixelFormat.Bgra32 => SKColorType.Bgra8888,
            MLPixelFormat.Rgba32 => SKColorType.Rgba8888,
            var format => throw new NotSupportedException($"An image of pixel format {format} cannot be read; ML.NET's are {MLPixelFormat.Bgra32} and {MLPixelFormat.Rgba32}."),
        };
        var pixels = GC.AllocateUninitializedArray<byte>(width * height * Channels);
        var isSmaller = width <= image.Width && height <= image.Height && (width, height) != (image.Width, image.Height);
        if (isSmaller)
            AreaResizing.Shrink(image.Pixels, image.Width, image.Height, pixels, width, height, colorType == SKColorType.Bgra8888);
        else
            Interpolate(image.Pixels, new SKImageInfo(image.Width, image.Height, colorType, SKAlphaType.Opaque), new SKImageInfo(width, height, SKColorType.Rgba8888, SKAlphaType.Opaque), pixels);
        return pixels;
    }

    private static unsafe void Interpolate(ReadOnlySpan<byte> original, SKImageInfo info, SKImageInfo target, byte[] pixels)
    {
        fixed (byte* from = &MemoryMarshal.GetReference(original), to = pixels)
        {
            using var source = new SKPixmap(info, (nint)from, info.RowBytes);
            using var destination = new SKPixmap(target, (nint)to, target.RowBytes);
            var scaled = info.Size == target.Size ? source.ReadPixels(destination) : source.ScalePixels(destination, SKFilterQuality.Low);
            if (!scaled)
                throw new InvalidOperationException($"An image of {info.Width} × {info.Height} pixels could not be resized to {target.Width} × {target.Height}.");
        }
    }
}
