using SkiaSharp;

namespace ML.Yolo.Reports;

/// <summary>Text on a plate of its box's colour, in the system's font, or drawn as strokes where there is none.</summary>
internal sealed class LabelText(float capHeight) : IDisposable
{
    private const string Ellipsis = "...";
    private const float CapShareOfFont = 0.7f;

    private readonly SKFont _font = new(SKTypeface.Default, capHeight / CapShareOfFont);

    private float Margin => capHeight * 0.4f;

    /// <summary>The text, cut so that its plate is no wider than <paramref name="width"/>.</summary>
    public string Shorten(string text, float width)
    {
        if (PlateSize(text).Width <= width)
            return text;
        var length = text.Length;
        while (length > 1 && PlateSize(text[..length] + Ellipsis).Width > width)
            length--;
        return text[..length] + Ellipsis;
    }

    public SKSize PlateSize(string text) => new(Measure(text) + (2 * Margin), capHeight + (2 * Margin));

    public void Draw(SKCanvas canvas, string text, SKRect plate, SKColor colour)
    {
        using var fill = new SKPaint { Color = colour, IsAntialias = true };
        canvas.DrawRect(plate, fill);
        var baseLine = new SKPoint(plate.Left + Margin, plate.Bottom - Margin);
        var isFont = HasGlyphs(text);
        using var ink = new SKPaint
        {
            Color = Ink(colour),
            IsAntialias = true,
            IsStroke = !isFont,
            StrokeWidth = capHeight / 7,
            StrokeCap = SKStrokeCap.Round,
            StrokeJoin = SKStrokeJoin.Round,
        };
        if (isFont)
        {
            canvas.DrawText(text, baseLine.X, baseLine.Y, _font, ink);
            return;
        }

        using var strokes = StrokeFont.Strokes(text, baseLine, capHeight);
        canvas.DrawPath(strokes, ink);
    }

    /// <inheritdoc/>
    public void Dispose() => _font.Dispose();

    // A bare Linux has no font at all.
    private static bool HasGlyphs(string text) => Array.TrueForAll(SKTypeface.Default.GetGlyphs(text), glyph => glyph != 0);

    /// <summary>Black or white, whichever differs more in luminance (WCAG 2).</summary>
    private static SKColor Ink(SKColor plate) => Luminance(plate) > 0.179 ? SKColors.Black : SKColors.White;

    private static double Luminance(SKColor colour) => (0.2126 * Linear(colour.Red)) + (0.7152 * Linear(colour.Green)) + (0.0722 * Linear(colour.Blue));

    private static double Linear(byte value) => value / 255.0 is var v && v <= 0.04045 ? v / 12.92 : Math.Pow((v + 0.055) / 1.055, 2.4);

    private float Measure(string text) => HasGlyphs(text) ? _font.MeasureText(SKTypeface.Default.GetGlyphs(text)) : StrokeFont.Measure(text, capHeight);
}
