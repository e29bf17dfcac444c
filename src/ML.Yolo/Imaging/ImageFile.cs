using Microsoft.ML.Data;
using SkiaSharp;

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

    /// <summary>Whether the file holds all of its picture. Decoders fill what is missing with gray or black and say nothing.</summary>
    /// <remarks>Only files without an end marker are decoded again to be sure: some cameras leave it out.</remarks>
    public static bool IsWhole(string path) => IsWhole(File.ReadAllBytes(path));

    /// <inheritdoc cref="IsWhole(string)"/>
    public static bool IsWhole(byte[] bytes)
    {
        if (!LacksEnd(bytes))
            return true;
        using var data = SKData.CreateCopy(bytes);
        using var codec = SKCodec.Create(data);
        if (codec is null)
            return false;
        using var bitmap = new SKBitmap(codec.Info);
        return codec.GetPixels(bitmap.Info, bitmap.GetPixels()) == SKCodecResult.Success;
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

    private static bool LacksEnd(ReadOnlySpan<byte> bytes)
    {
        if (bytes.Length > 4 && bytes[1..4].SequenceEqual("PNG"u8))
            return bytes[^Math.Min(bytes.Length, 64)..].IndexOf("IEND"u8) < 0;
        if (bytes.Length < 4 || bytes[0] != 0xFF || bytes[1] != 0xD8)
            return false;
        return bytes[ScanStart(bytes)..].LastIndexOf([(byte)0xFF, (byte)0xD9]) < 0;
    }

    /// <summary>Where a JPEG's picture begins: what comes before may hold a thumbnail with an end marker of its own.</summary>
    private static int ScanStart(ReadOnlySpan<byte> bytes)
    {
        const byte StartOfScan = 0xDA;
        var position = 2;
        while (position + 4 <= bytes.Length && bytes[position] == 0xFF && bytes[position + 1] != StartOfScan)
            position += 2 + ((bytes[position + 2] << 8) | bytes[position + 3]);
        return Math.Min(position, bytes.Length);
    }
}
