using ML.Yolo.Imaging;
using SkiaSharp;

namespace ML.Yolo.Datasets;

/// <summary>Reads the size and the orientation of an image without decoding it.</summary>
internal static class ImageHeader
{
    // A gigabyte decoded. Larger ones are damaged headers or meant to exhaust memory.
    private const long MaxPixels = 1L << 28;

    /// <summary>The frame of the image: ML.NET's images are not turned by their EXIF orientation, people's labels are.</summary>
    /// <exception cref="DatasetFormatException">The file is not an image that can be read.</exception>
    /// <exception cref="FileNotFoundException">There is no such file.</exception>
    public static ImageFrame Read(string path)
    {
        if (!File.Exists(path))
            throw new FileNotFoundException($"The image '{path}' does not exist.", path);
        using var codec = SKCodec.Create(path, out var result);
        if (codec is null)
        {
            var found = new FileInfo(path).Length == 0 ? "the file is empty; an image" : $"no image can be read ({result}); JPEG, PNG, BMP, GIF or WebP";
            throw new DatasetFormatException(path, line: null, $"{found} was expected.");
        }

        var (width, height) = (codec.Info.Width, codec.Info.Height);
        return (long)width * height <= MaxPixels
            ? new ImageFrame(width, height, codec.EncodedOrigin)
            : throw new DatasetFormatException(path, line: null, $"the image claims {width} × {height} pixels; at most {MaxPixels} in all were expected.");
    }
}
