using ML.Yolo.Imaging;
using SkiaSharp;

namespace ML.Yolo.Datasets;

/// <summary>Reads the size and the orientation of an image without decoding it.</summary>
internal static class ImageHeader
{
    /// <summary>The frame of the image: ML.NET's images are not turned by their EXIF orientation, people's labels are.</summary>
    /// <exception cref="DatasetFormatException">The file is not an image that can be read.</exception>
    /// <exception cref="FileNotFoundException">There is no such file.</exception>
    public static ImageFrame Read(string path)
    {
        if (!File.Exists(path))
            throw new FileNotFoundException($"The image '{path}' does not exist.", path);
        using var codec = SKCodec.Create(path);
        return EncodedImage.HeaderProblem(codec, new FileInfo(path).Length) is { } problem
            ? throw new DatasetFormatException(path, line: null, $"the image {problem}.")
            : new ImageFrame(codec!.Info.Width, codec.Info.Height, codec.EncodedOrigin);
    }
}
