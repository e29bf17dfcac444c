using ML.Yolo.Imaging;
using SkiaSharp;

namespace ML.Yolo.Training.Augmentation;

/// <summary>Memory of one image of a batch, painted on in place: size × size pixels of four bytes.</summary>
internal sealed unsafe class Canvas : IDisposable
{
    private static readonly SKColor Background = new(Letterbox.Gray, Letterbox.Gray, Letterbox.Gray);

    private readonly SKSurface _surface;

    /// <param name="pixels">Where to paint; stays where it is until the canvas is disposed.</param>
    /// <param name="size">Side of the square.</param>
    public Canvas(byte* pixels, int size)
    {
        Size = size;
        _surface = SKSurface.Create(Info(size, size), (nint)pixels, size * ResizedImage.Channels);
    }

    public int Size { get; }

    /// <summary>Covers everything with a scene as seen through a projection.</summary>
    public void Paint(Scene scene, SKMatrix matrix)
    {
        _surface.Canvas.Clear(Background);
        _surface.Canvas.Save();
        _surface.Canvas.SetMatrix(matrix);
        _surface.Canvas.ClipRect(SKRect.Create(scene.Width, scene.Height));
        using var paint = new SKPaint { FilterQuality = IsPixelShift(matrix) ? SKFilterQuality.None : SKFilterQuality.Low };
        foreach (var tile in scene.Tiles)
        {
            fixed (byte* pixels = tile.Image.Pixels)
            {
                using var image = SKImage.FromPixels(Info(tile.Image.Width, tile.Image.Height), (nint)pixels, tile.Image.Width * ResizedImage.Channels);
                _surface.Canvas.DrawImage(image, tile.Left, tile.Top, paint);
                _surface.Canvas.Flush();
            }
        }

        _surface.Canvas.Restore();
    }

    /// <summary>Blends another image over this one; with a share of 1 only the other is left.</summary>
    public void Blend(byte* other, float share)
    {
        using var image = SKImage.FromPixels(Info(Size, Size), (nint)other, Size * ResizedImage.Channels);
        using var paint = new SKPaint { Color = SKColors.White.WithAlpha((byte)Math.Round(255 * share)) };
        _surface.Canvas.DrawImage(image, 0, 0, paint);
        _surface.Canvas.Flush();
    }

    /// <summary>Copies what is in a box to the mirrored place on the other side, mirrored.</summary>
    public void PasteMirrored(in Box box)
    {
        using var image = _surface.Snapshot();
        _surface.Canvas.Save();
        _surface.Canvas.SetMatrix(new SKMatrix(-1, 0, Size, 0, 1, 0, 0, 0, 1));
        var place = new SKRect(box.X0, box.Y0, box.X1, box.Y1);
        _surface.Canvas.DrawImage(image, place, place);
        _surface.Canvas.Restore();
        _surface.Canvas.Flush();
    }

    /// <summary>Fills a box with one colour.</summary>
    public void Fill(in Box box, SKColor colour)
    {
        using var paint = new SKPaint { Color = colour };
        _surface.Canvas.DrawRect(new SKRect(box.X0, box.Y0, box.X1, box.Y1), paint);
        _surface.Canvas.Flush();
    }

    /// <inheritdoc/>
    public void Dispose() => _surface.Dispose();

    private static SKImageInfo Info(int width, int height) => new(width, height, SKColorType.Rgba8888, SKAlphaType.Opaque);

    private static bool IsPixelShift(SKMatrix matrix)
        => Math.Abs(matrix.ScaleX) == 1 && Math.Abs(matrix.ScaleY) == 1 && matrix.SkewX == 0 && matrix.SkewY == 0 && matrix.Persp0 == 0 && matrix.Persp1 == 0
            && matrix.TransX == MathF.Round(matrix.TransX) && matrix.TransY == MathF.Round(matrix.TransY);
}
