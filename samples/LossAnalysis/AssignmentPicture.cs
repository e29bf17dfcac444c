using System.Globalization;
using ML.Yolo.Reports;
using SkiaSharp;

namespace LossAnalysis;

/// <summary>Draws what a layer's predictions learn: the grid, the objects' boxes, the cells they were built in, the anchors that took them, and a legend.</summary>
internal static class AssignmentPicture
{
    private const int Side = 480;
    private const int Gap = 24;
    private const int Head = 56;
    private const int LegendLine = 26;
    private const int Swatch = 18;
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
    public static void Write(string path, int stride, IReadOnlyList<(string Name, IReadOnlyList<BuiltTarget> Targets)> variants)
    {
        var panels = Head + (NotebookInput.BatchSize * (Side + Gap));
        var size = new SKImageInfo(Gap + (variants.Count * (Side + Gap)), panels + (5 * LegendLine));
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
                Panel(surface.Canvas, stride, image, targets.Where(target => target.Image == image).ToList());
                surface.Canvas.Restore();
            }
        }

        Legend(surface.Canvas, panels);
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
        foreach (var target in built.Where(target => target.IsOwnCell))
        {
            if (target.Anchor is not { } anchor)
                continue;
            var (left, top) = (target.X + 0.5f - (anchor.Width / 2), target.Y + 0.5f - (anchor.Height / 2));
            var outline = SKRect.Create(left * cell, top * cell, anchor.Width * cell, anchor.Height * cell);
            Outline(canvas, outline, Colours[target.Object], isDashed: true);
        }

        foreach (var (box, index) in BuiltTarget.Objects(image))
            Outline(canvas, new SKRect(box.Left * Side, box.Top * Side, box.Right * Side, box.Bottom * Side), Colours[index], isDashed: false);
        Outline(canvas, SKRect.Create(Side, Side), Ink, isDashed: false);
    }

    /// <summary>What lines and fillings mean, and whose colours they have.</summary>
    private static void Legend(SKCanvas canvas, float top)
    {
        Sign(0, 0, "box of an object", box => Outline(canvas, box, Ink, isDashed: false));
        Sign(0, 1, "anchor that took it", box => Outline(canvas, box, Ink, isDashed: true));
        Sign(0, 2, "cell with its centre", box => Fill(canvas, box, Ink, OwnCell));
        Sign(0, 3, "other cell that learns it", box => Fill(canvas, box, Ink, NeighbourCell));
        for (var item = 0; item < Colours.Length; item++)
            Sign(1, item, BuiltTarget.Name(item), box => Fill(canvas, box, Colours[item], byte.MaxValue));

        void Sign(int column, int line, string text, Action<SKRect> draw)
        {
            var (left, y) = (Gap + (column * (Side + Gap)), top + (line * LegendLine));
            draw(SKRect.Create(left, y, Swatch, Swatch));
            Text(canvas, text, left + Swatch + 10, y + Swatch - 3);
        }
    }

    private static void Fill(SKCanvas canvas, SKRect box, SKColor colour, byte alpha)
    {
        using var fill = new SKPaint { Color = colour.WithAlpha(alpha) };
        canvas.DrawRect(box, fill);
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
