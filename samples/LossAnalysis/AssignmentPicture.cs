using System.Globalization;
using ML.Yolo;
using ML.Yolo.Reports;
using SkiaSharp;

namespace LossAnalysis;

/// <summary>Draws what a layer's predictions learn: the grid, the objects' boxes, the cells they were built in, and the anchors that took them.</summary>
internal static class AssignmentPicture
{
    private const int Side = 480;
    private const int Gap = 24;
    private const int Head = 56;
    private const float CapHeight = 13;
    private const byte OwnCell = 150;
    private const byte NeighbourCell = 70;

    private static readonly SKColor Ink = new(0x22, 0x22, 0x22);
    private static readonly SKColor GridLine = new(0xDD, 0xDD, 0xDD);

    // Okabe and Ito's palette: one colour an object, told apart by people of every colour vision.
    private static readonly SKColor[] Colours =
        [new(0x00, 0x72, 0xB2), new(0xD5, 0x5E, 0x00), new(0x00, 0x9E, 0x73), new(0xCC, 0x79, 0xA7), new(0xE6, 0x9F, 0x00)];

    /// <summary>Writes one layer: a column a variant, a row per image.</summary>
    /// <param name="path">The PNG to make or replace.</param>
    /// <param name="stride">Pixels per cell.</param>
    /// <param name="variants">Name and built targets of each variant.</param>
    public static void Write(string path, int stride, IReadOnlyList<(string Name, LayerTargets Targets)> variants)
    {
        var size = new SKImageInfo(Gap + (variants.Count * (Side + Gap)), Head + (NotebookInput.BatchSize * (Side + Gap)));
        using var surface = SKSurface.Create(size);
        surface.Canvas.Clear(SKColors.White);
        for (var column = 0; column < variants.Count; column++)
        {
            var (name, targets) = variants[column];
            var left = Gap + (column * (Side + Gap));
            Text(surface.Canvas, string.Create(CultureInfo.InvariantCulture, $"{name}, stride {stride}: {targets.Count} built targets"), left, Head - Gap);
            for (var image = 0; image < NotebookInput.BatchSize; image++)
            {
                surface.Canvas.Save();
                surface.Canvas.Translate(left, Head + (image * (Side + Gap)));
                Panel(surface.Canvas, stride, image, BuiltTarget.Of(targets).Where(target => target.Image == image).ToList());
                surface.Canvas.Restore();
            }
        }

        using var snapshot = surface.Snapshot();
        using var png = snapshot.Encode(SKEncodedImageFormat.Png, quality: 100);
        using var file = File.Create(path);
        png.SaveTo(file);
    }

    private static void Panel(SKCanvas canvas, int stride, int image, List<BuiltTarget> built)
    {
        var cell = (float)Side * stride / NotebookInput.ImageSize;
        canvas.ClipRect(SKRect.Create(Side, Side));
        foreach (var place in built.DistinctBy(target => (target.Object, target.X, target.Y)))
        {
            using var fill = new SKPaint { Color = Colours[place.Object].WithAlpha(place.IsOwnCell ? OwnCell : NeighbourCell) };
            canvas.DrawRect(SKRect.Create(place.X * cell, place.Y * cell, cell, cell), fill);
        }

        Grid(canvas, cell);
        foreach (var anchor in built.Where(target => target.IsOwnCell))
        {
            var (left, top) = (anchor.X + 0.5f - (anchor.AnchorWidth / 2), anchor.Y + 0.5f - (anchor.AnchorHeight / 2));
            var outline = SKRect.Create(left * cell, top * cell, anchor.AnchorWidth * cell, anchor.AnchorHeight * cell);
            Outline(canvas, outline, Colours[anchor.Object], isDashed: true);
        }

        foreach (var (box, index) in BuiltTarget.Objects(image))
            Outline(canvas, new SKRect(box.Left * Side, box.Top * Side, box.Right * Side, box.Bottom * Side), Colours[index], isDashed: false);
        Outline(canvas, SKRect.Create(Side, Side), Ink, isDashed: false);
    }

    private static void Grid(SKCanvas canvas, float cell)
    {
        using var line = new SKPaint { Color = GridLine, StrokeWidth = 1 };
        for (var at = 0f; at <= Side; at += cell)
        {
            canvas.DrawLine(at, 0, at, Side, line);
            canvas.DrawLine(0, at, Side, at, line);
        }
    }

    private static void Outline(SKCanvas canvas, SKRect box, SKColor colour, bool isDashed)
    {
        using var dashes = SKPathEffect.CreateDash([6, 5], 0);
        using var line = new SKPaint { IsStroke = true, IsAntialias = true, Color = colour };
        (line.StrokeWidth, line.PathEffect) = isDashed ? (1.5f, dashes) : (3, null);
        canvas.DrawRect(box, line);
    }

    private static void Text(SKCanvas canvas, string text, float left, float baseLine)
    {
        using var strokes = StrokeFont.Strokes(text, new SKPoint(left, baseLine), CapHeight);
        using var pen = new SKPaint { IsStroke = true, IsAntialias = true, StrokeWidth = 1.8f, StrokeCap = SKStrokeCap.Round, Color = Ink };
        canvas.DrawPath(strokes, pen);
    }
}
