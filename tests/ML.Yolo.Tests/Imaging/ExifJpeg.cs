using SkiaSharp;

namespace ML.Yolo.Tests.Imaging;

/// <summary>JPEGs that ask to be turned: 32 × 16 pixels as stored, gray, with a red square of 8 pixels at the stored top left.</summary>
internal static class ExifJpeg
{
    public const int Width = 32;
    public const int Height = 16;
    public const int Square = 8;

    /// <param name="path">The file to make.</param>
    /// <param name="orientation">EXIF's value, 1 to 8.</param>
    /// <param name="scale">How many times as large.</param>
    public static void Write(string path, int orientation, int scale = 1)
    {
        using var bitmap = new SKBitmap(Width * scale, Height * scale);
        using (var canvas = new SKCanvas(bitmap))
        {
            canvas.Clear(SKColors.Gray);
            using var red = new SKPaint { Color = SKColors.Red };
            canvas.DrawRect(0, 0, Square * scale, Square * scale, red);
        }

        using var jpeg = bitmap.Encode(SKEncodedImageFormat.Jpeg, 100);
        var bytes = jpeg.ToArray();
        byte[] tiff = [.. "MM"u8, 0, 42, 0, 0, 0, 8, 0, 1, 0x01, 0x12, 0, 3, 0, 0, 0, 1, 0, (byte)orientation, 0, 0, 0, 0, 0, 0];
        byte[] segment = [0xFF, 0xE1, 0, (byte)(tiff.Length + 8), .. "Exif\0\0"u8, .. tiff];
        File.WriteAllBytes(path, [.. bytes[..2], .. segment, .. bytes[2..]]);
    }

    /// <summary>Where the square is shown, as x0, y0, x1, y1 of the upright picture.</summary>
    public static float[] UprightSquare(int orientation) => orientation switch
    {
        1 => [0, 0, 8, 8],
        2 => [24, 0, 32, 8],
        3 => [24, 8, 32, 16],
        4 => [0, 8, 8, 16],
        5 => [0, 0, 8, 8],
        6 => [8, 0, 16, 8],
        7 => [8, 24, 16, 32],
        _ => [0, 24, 8, 32],
    };

    /// <summary>Size of the upright picture.</summary>
    public static (int Width, int Height) UprightSize(int orientation) => orientation <= 4 ? (Width, Height) : (Height, Width);
}
