using SkiaSharp;

namespace Quickstart;

/// <summary>What makes a scene less easy: a gradient, stray lines, and noise in every pixel.</summary>
internal static class Background
{
    private const int MaxLines = 6;
    private const int NoiseAmplitude = 14;

    /// <summary>Fills the canvas with a gradient and a few lines, and returns the gradient's two colours.</summary>
    public static SKColor[] Paint(SKCanvas canvas, int size, Random random)
    {
        SKColor[] colours = [Palette.Any(random), Palette.Any(random)];
        var end = new SKPoint(size, Shape.Between(random, 0, size));
        using var shader = SKShader.CreateLinearGradient(new SKPoint(0, 0), end, colours, SKShaderTileMode.Clamp);
        using var gradient = new SKPaint { Shader = shader };
        canvas.DrawRect(0, 0, size, size, gradient);
        for (var line = random.Next(MaxLines + 1); line > 0; line--)
        {
            using var paint = new SKPaint { IsAntialias = true, StrokeWidth = Shape.Between(random, 1, 4), Color = Palette.Any(random) };
            canvas.DrawLine(Anywhere(), Anywhere(), paint);
        }

        return colours;

        SKPoint Anywhere() => new(Shape.Between(random, 0, size), Shape.Between(random, 0, size));
    }

    /// <summary>Moves every channel of every pixel a little.</summary>
    public static void AddNoise(SKBitmap bitmap, Random random)
    {
        var pixels = bitmap.Bytes;
        var noise = new byte[pixels.Length];
        random.NextBytes(noise);
        for (var i = 0; i < pixels.Length; i++)
        {
            if (i % 4 != 3)
                pixels[i] = (byte)Math.Clamp(pixels[i] + (noise[i] * 2 * NoiseAmplitude / 255) - NoiseAmplitude, 0, 255);
        }

        System.Runtime.InteropServices.Marshal.Copy(pixels, 0, bitmap.GetPixels(), pixels.Length);
        bitmap.NotifyPixelsChanged();
    }
}
