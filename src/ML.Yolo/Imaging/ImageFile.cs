using Microsoft.ML.Data;

namespace ML.Yolo.Imaging;

/// <summary>An image that can be decoded again at any time.</summary>
/// <param name="Path">Where it is.</param>
/// <param name="Letterbox">Where it lies on the canvas.</param>
internal sealed record ImageFile(string Path, Letterbox Letterbox)
{
    /// <summary>The file behind an image of ML.NET, if decoding it gives just these pixels: nothing was done to them since.</summary>
    public static ImageFile? Behind(MLImage image, Letterbox letterbox)
    {
        if (!File.Exists(image.Tag))
            return null;
        using var again = MLImage.CreateFromFile(image.Tag);
        var isSame = again.PixelFormat == image.PixelFormat && again.Width == image.Width && again.Pixels.SequenceEqual(image.Pixels);
        return isSame ? new ImageFile(image.Tag, letterbox) : null;
    }

    /// <summary>Decodes and resizes.</summary>
    /// <exception cref="IOException">The file is gone, or is not an image any more.</exception>
    public ResizedImage Read()
    {
        try
        {
            using var image = MLImage.CreateFromFile(Path);
            return ResizedImage.From(image, Letterbox);
        }
        catch (ArgumentException exception)
        {
            throw new IOException($"The image '{Path}' was there when training began, and cannot be read any more.", exception);
        }
    }
}
