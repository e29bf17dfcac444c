using SkiaSharp;

namespace WebDemo.Tests;

/// <summary>Encoded pictures: good ones, and ones that are not what they say.</summary>
internal static class Pictures
{
    public static byte[] Squares(int width = 160, int height = 96, SKEncodedImageFormat format = SKEncodedImageFormat.Png, int seed = 1)
    {
        var random = new Random(seed);
        using var bitmap = new SKBitmap(width, height);
        using var canvas = new SKCanvas(bitmap);
        canvas.Clear(SKColors.Gray);
        for (var i = 0; i < 5; i++)
        {
            using var paint = new SKPaint { Color = new SKColor((byte)random.Next(256), (byte)random.Next(256), (byte)random.Next(256)) };
            canvas.DrawRect(random.Next(width - 30), random.Next(height - 30), random.Next(10, 30), random.Next(10, 30), paint);
        }

        using var data = bitmap.Encode(format, 90);
        return data.ToArray();
    }

    /// <summary>A JPEG whose EXIF says that it is to be turned by a quarter.</summary>
    public static byte[] Sideways(int width = 160, int height = 96)
    {
        var jpeg = Squares(width, height, SKEncodedImageFormat.Jpeg);
        byte[] exif =
        [
            0xFF, 0xE1, 0, 34, .. "Exif\0\0"u8, .. "MM\0*"u8, 0, 0, 0, 8,                // one directory, at 8
            0, 1, 0x01, 0x12, 0, 3, 0, 0, 0, 1, 0, 6, 0, 0, 0, 0, 0, 0,                  // orientation 6
        ];
        return [.. jpeg[..2], .. exif, .. jpeg[2..]];
    }

    /// <summary>A PNG of a few bytes that says it has so many pixels.</summary>
    public static byte[] Bomb(int width, int height)
    {
        var png = Squares();
        WriteBigEndian(png.AsSpan(16), width);
        WriteBigEndian(png.AsSpan(20), height);
        WriteBigEndian(png.AsSpan(29), (int)System.IO.Hashing.Crc32.HashToUInt32(png.AsSpan(12, 17)));
        return png;
    }

    private static void WriteBigEndian(Span<byte> place, int value) => System.Buffers.Binary.BinaryPrimitives.WriteInt32BigEndian(place, value);
}
