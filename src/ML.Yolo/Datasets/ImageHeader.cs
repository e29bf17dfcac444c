using SkiaSharp;

namespace ML.Yolo.Datasets;

/// <summary>Reads the size of an image without decoding it.</summary>
internal static class ImageHeader
{
    /// <summary>Width and height in pixels, as stored: ML.NET's images are not turned by their EXIF orientation either.</summary>
    /// <exception cref="DatasetFormatException">The file is no image that can be read.</exception>
    /// <exception cref="FileNotFoundException">There is no such file.</exception>
    public static (int Width, int Height) ReadSize(string path)
    {
        if (!File.Exists(path))
            throw new FileNotFoundException($"The image '{path}' does not exist.", path);
        using var codec = SKCodec.Create(path, out var result);
        return codec is null
            ? throw new DatasetFormatException(path, line: null, $"no image can be read ({result}); JPEG, PNG, BMP, GIF or WebP was expected.")
            : (codec.Info.Width, codec.Info.Height);
    }
}
