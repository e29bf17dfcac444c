using System.Globalization;
using SkiaSharp;

namespace Quickstart;

/// <summary>Draws boxes with names and scores on a picture.</summary>
internal static class DetectionPicture
{
    private const int SmallestSide = 640;
    private const float BoxWidth = 3;
    private const float CapHeight = 13;
    private const float Margin = 6;

    // Okabe and Ito's palette, told apart by people of every colour vision; its black is left out.
    private static readonly SKColor[] ClassColours =
    [
        new(0xE6, 0x9F, 0x00), new(0x56, 0xB4, 0xE9), new(0x00, 0x9E, 0x73), new(0xF0, 0xE4, 0x42), new(0x00, 0x72, 0xB2), new(0xD5, 0x5E, 0x00), new(0xCC, 0x79, 0xA7),
    ];

    /// <summary>Writes a PNG; small pictures are enlarged so that the names can be read.</summary>
    /// <param name="imagePath">The picture.</param>
    /// <param name="objects">What was found, boxes in pixels of the picture.</param>
    /// <param name="classNames">Decides the colours.</param>
    /// <param name="outputPath">The PNG to make or replace.</param>
    public static void Write(string imagePath, IEnumerable<DetectedObject> objects, IReadOnlyList<string> classNames, string outputPath)
    {
        using var image = SKBitmap.Decode(imagePath) ?? throw new InvalidDataException($"'{imagePath}' is no image that can be read.");
        var scale = Math.Max(1f, SmallestSide / (float)Math.Max(image.Width, image.Height));
        using var surface = SKSurface.Create(new SKImageInfo((int)(image.Width * scale), (int)(image.Height * scale)));
        using (var smooth = new SKPaint { FilterQuality = SKFilterQuality.High })
            surface.Canvas.DrawBitmap(image, SKRect.Create(image.Width * scale, image.Height * scale), smooth);
        var bounds = surface.Canvas.DeviceClipBounds;
        foreach (var found in objects.OrderBy(found => found.Score))                     // the most confident on top
            Draw(surface.Canvas, bounds, found, scale, Colour(found.Name, classNames));

        var temporary = outputPath + ".tmp";
        using (var snapshot = surface.Snapshot())
        using (var png = snapshot.Encode(SKEncodedImageFormat.Png, quality: 100))
        using (var file = File.Create(temporary))
            png.SaveTo(file);
        File.Move(temporary, outputPath, overwrite: true);
    }

    private static SKColor Colour(string name, IReadOnlyList<string> classNames)
    {
        var index = classNames.Select((other, i) => (other, i)).FirstOrDefault(entry => entry.other == name).i;
        return ClassColours[index % ClassColours.Length];
    }

    private static void Draw(SKCanvas canvas, SKRectI bounds, DetectedObject found, float scale, SKColor colour)
    {
        var box = new SKRect(found.X0 * scale, found.Y0 * scale, found.X1 * scale, found.Y1 * scale);
        using var halo = new SKPaint { IsStroke = true, IsAntialias = true, StrokeWidth = BoxWidth + 2, Color = SKColors.Black.WithAlpha(160) };
        using var line = new SKPaint { IsStroke = true, IsAntialias = true, StrokeWidth = BoxWidth, Color = colour };
        canvas.DrawRect(box, halo);
        canvas.DrawRect(box, line);
        DrawLabel(canvas, bounds, box, string.Create(CultureInfo.InvariantCulture, $"{found.Name} {found.Score:F2}"), colour);
    }

    private static void DrawLabel(SKCanvas canvas, SKRectI bounds, SKRect box, string text, SKColor colour)
    {
        using var font = new SKFont(SKTypeface.Default, CapHeight * 1.45f);
        var glyphs = SKTypeface.Default.GetGlyphs(text);
        var hasGlyphs = Array.TrueForAll(glyphs, glyph => glyph != 0);                   // a bare Linux has no font at all
        var width = (hasGlyphs ? font.MeasureText(glyphs) : StrokeFont.Measure(text, CapHeight)) + (2 * Margin);
        var height = CapHeight + (2 * Margin);
        var left = Math.Clamp(box.Left - (BoxWidth / 2), 0, Math.Max(bounds.Width - width, 0));
        var top = box.Top - height >= 0 ? box.Top - height : Math.Min(Math.Max(box.Top, 0), bounds.Height - height);   // above the box, or inside where there is no room

        using var plate = new SKPaint { Color = colour, IsAntialias = true };
        using var ink = new SKPaint { Color = IsLight(colour) ? SKColors.Black : SKColors.White, IsAntialias = true, IsStroke = !hasGlyphs, StrokeWidth = 1.8f, StrokeCap = SKStrokeCap.Round, StrokeJoin = SKStrokeJoin.Round };
        canvas.DrawRect(left, top, width, height, plate);
        var baseLine = new SKPoint(left + Margin, top + height - Margin);
        if (hasGlyphs)
        {
            canvas.DrawText(text, baseLine.X, baseLine.Y, font, ink);
            return;
        }

        using var strokes = StrokeFont.Strokes(text, baseLine, CapHeight);
        canvas.DrawPath(strokes, ink);
    }

    private static bool IsLight(SKColor colour) => (0.299 * colour.Red) + (0.587 * colour.Green) + (0.114 * colour.Blue) > 130;
}
