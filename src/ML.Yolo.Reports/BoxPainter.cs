using Microsoft.ML.Data;
using SkiaSharp;

namespace ML.Yolo.Reports;

/// <summary>Draws boxes and labels that can be read on any background.</summary>
internal static class BoxPainter
{
    private const float LineShare = 0.005f;
    private const float CapShare = 0.02f;
    private const float ThinnestLine = 2;
    private const float MinCap = 8;

    /// <summary>The image, scaled, with the boxes; the first boxes lie on top. The caller disposes it.</summary>
    /// <param name="image">The image.</param>
    /// <param name="boxes">Boxes in pixels of the unscaled image.</param>
    /// <param name="scale">Pixels drawn per pixel of the image.</param>
    /// <param name="maxLabels">How many boxes have their label written, the first ones.</param>
    public static SKImage Paint(MLImage image, IReadOnlyList<PaintedBox> boxes, float scale, int maxLabels = int.MaxValue)
    {
        using var source = ToImage(image);
        return Paint(source, boxes, scale, maxLabels);
    }

    /// <inheritdoc cref="Paint(MLImage, IReadOnlyList{PaintedBox}, float, int)"/>
    public static SKImage Paint(SKImage image, IReadOnlyList<PaintedBox> boxes, float scale, int maxLabels)
    {
        var size = new SKSizeI(Math.Max((int)MathF.Round(image.Width * scale), 1), Math.Max((int)MathF.Round(image.Height * scale), 1));
        using var surface = SKSurface.Create(new SKImageInfo(size.Width, size.Height, SKColorType.Rgba8888, SKAlphaType.Premul))
            ?? throw new InvalidOperationException($"There is no memory to draw an image of {size.Width} × {size.Height} pixels.");
        using (var smooth = new SKPaint { FilterQuality = SKFilterQuality.High })
            surface.Canvas.DrawImage(image, SKRect.Create(size.Width, size.Height), smooth);

        var lineWidth = Math.Max(ThinnestLine, LineShare * Math.Max(size.Width, size.Height));
        var (scaleX, scaleY) = (size.Width / (float)image.Width, size.Height / (float)image.Height);
        var scaled = boxes.Select(box => box with { Box = Scale(box.Box, scaleX, scaleY) }).ToList();
        foreach (var box in scaled.AsEnumerable().Reverse())
            DrawLine(surface.Canvas, box, lineWidth);
        DrawLabels(surface.Canvas, size, scaled.Take(maxLabels), lineWidth);
        return surface.Snapshot();
    }

    private static SKImage ToImage(MLImage image)
    {
        var colorType = image.PixelFormat switch
        {
            MLPixelFormat.Bgra32 => SKColorType.Bgra8888,
            MLPixelFormat.Rgba32 => SKColorType.Rgba8888,
            var format => throw new NotSupportedException(
                $"An image of pixel format {format} cannot be drawn on; ML.NET's are {MLPixelFormat.Bgra32} and {MLPixelFormat.Rgba32}."),
        };
        return SKImage.FromPixelCopy(new SKImageInfo(image.Width, image.Height, colorType, SKAlphaType.Opaque), image.Pixels);
    }

    private static Box Scale(Box box, float x, float y) => new(box.X0 * x, box.Y0 * y, box.X1 * x, box.Y1 * y);

    private static SKRect ToRectangle(Box box) => new(box.X0, box.Y0, box.X1, box.Y1);

    private static void DrawLine(SKCanvas canvas, PaintedBox box, float width)
    {
        using var halo = Stroke(width + 2, SKColors.Black.WithAlpha(160));
        using var line = Stroke(width, box.Colour);
        using var dashes = box.IsDashed ? SKPathEffect.CreateDash([4 * width, 2.5f * width], 0) : null;
        line.PathEffect = dashes;
        canvas.DrawRect(ToRectangle(box.Box), halo);
        canvas.DrawRect(ToRectangle(box.Box), line);
    }

    private static SKPaint Stroke(float width, SKColor colour)
        => new() { IsStroke = true, IsAntialias = true, StrokeWidth = width, Color = colour, StrokeJoin = SKStrokeJoin.Round };

    /// <summary>
    /// Puts each label where it covers none of those before it, if there is such a place at its box; one that would lie on others by more than half is left
    /// out.
    /// </summary>
    private static void DrawLabels(SKCanvas canvas, SKSizeI size, IEnumerable<PaintedBox> boxes, float lineWidth)
    {
        using var text = new LabelText(Math.Max(MinCap, CapShare * Math.Max(size.Width, size.Height)));
        var placed = new List<Box>();
        foreach (var box in boxes.Where(box => box.Label.Length > 0))
        {
            var label = text.Shorten(box.Label, size.Width);
            var plate = Place(box.Box, text.PlateSize(label), size, lineWidth, placed);
            if (placed.Sum(other => plate.Overlap(other)) > plate.Area / 2)
                continue;                                                                // in a crowd names would hide each other: the line has to do
            placed.Add(plate);
            text.Draw(canvas, label, ToRectangle(plate), box.Colour);
        }
    }

    private static Box Place(Box box, SKSize plate, SKSizeI image, float lineWidth, List<Box> placed)
    {
        var edge = lineWidth / 2;
        var (left, right) = (box.X0 - edge, box.X1 + edge - plate.Width);
        var (above, within, below, foot) = (box.Y0 - plate.Height, box.Y0, box.Y1, box.Y1 - plate.Height);
        SKPoint[] corners =
        [
            new(left, above), new(left, within), new(left, below), new(right, above),
            new(right, below), new(right, within), new(left, foot), new(right, foot),
        ];
        var (lastX, lastY) = (Math.Max(image.Width - plate.Width, 0), Math.Max(image.Height - plate.Height, 0));
        var plates = Array.ConvertAll(
            corners, corner => new Box(0, 0, plate.Width, plate.Height).Shift(Math.Clamp(corner.X, 0, lastX), Math.Clamp(corner.Y, 0, lastY)));

        // Where all places cover something, the one that covers the smallest area.
        return plates.MinBy(candidate => placed.Sum(other => candidate.Overlap(other)) + OutOfPlace(candidate, corners[Array.IndexOf(plates, candidate)]));
    }

    /// <summary>A place that the image's edge pushes onto its own box is worse than one that fits.</summary>
    private static float OutOfPlace(Box plate, SKPoint wanted) => Math.Abs(plate.Y0 - wanted.Y) > 0.5f ? plate.Width : 0;
}
