using System.Globalization;
using SkiaSharp;

namespace WebDemo;

/// <summary>Reads what an image says of itself before a pixel of it is decoded: a few bytes may claim gigabytes.</summary>
internal static class ImageHeader
{
    private const string Expected = "JPEG, PNG, BMP, GIF or WebP was expected.";

    private static readonly SKEncodedImageFormat[] Formats =
        [SKEncodedImageFormat.Jpeg, SKEncodedImageFormat.Png, SKEncodedImageFormat.Bmp, SKEncodedImageFormat.Gif, SKEncodedImageFormat.Webp];

    /// <exception cref="ImageException">The format is unknown (415), the header is damaged (422), or the image has too many pixels (413).</exception>
    public static void Check(UploadedImage image, long maxPixels)
    {
        var what = image.Part is { } part ? $"Part {part.Index}" : "The body";
        using var data = SKData.CreateCopy(image.Bytes);
        using var codec = SKCodec.Create(new SKMemoryStream(data), out var result);
        if (codec is null)
        {
            throw result is SKCodecResult.Unimplemented
                ? new ImageException(StatusCodes.Status415UnsupportedMediaType, "Not an image", $"{what} is of an unknown format; {Expected}", image.Part)
                : new ImageException(
                    StatusCodes.Status422UnprocessableEntity, "The image is damaged", $"{what} has a header that cannot be read.", image.Part);
        }

        if (!Formats.Contains(codec.EncodedFormat))
            throw new ImageException(StatusCodes.Status415UnsupportedMediaType, "Not an image", $"{what} is {codec.EncodedFormat}; {Expected}", image.Part);
        var (width, height) = (codec.Info.Width, codec.Info.Height);
        if ((long)width * height > maxPixels)
        {
            var detail = string.Create(
                CultureInfo.InvariantCulture, $"{what} has {width} × {height} pixels by its header; at most {maxPixels} in all were expected.");
            throw new ImageException(StatusCodes.Status413PayloadTooLarge, "The image is too large", detail, image.Part);
        }
    }
}
