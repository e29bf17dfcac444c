using System.Globalization;
using System.Text;
using SkiaSharp;

namespace ML.Yolo.Reports;

/// <summary>
/// Text on a plate of its box's colour: letters in the system's font, those that it lacks in another font that has them, and as strokes where none has.
/// </summary>
internal sealed class LabelText(float capHeight) : IDisposable
{
    private const string Ellipsis = "...";
    private const float CapShareOfFont = 0.7f;

    // Null where no font has the letter. Looking for a font takes a walk through all of them.
    private readonly Dictionary<int, SKFont?> _others = [];
    private readonly Dictionary<string, SKFont> _byFamily = new(StringComparer.Ordinal);
    private readonly SKFont _font = new(SKTypeface.Default, capHeight / CapShareOfFont);

    private float Margin => capHeight * 0.4f;

    /// <summary>The text, cut so that its plate is no wider than <paramref name="width"/>.</summary>
    public string Shorten(string text, float width)
    {
        if (PlateSize(text).Width <= width)
            return text;
        var letters = Letters(text);
        var count = letters.Count;
        while (count > 1 && PlateSize(string.Concat(letters.Take(count)) + Ellipsis).Width > width)
            count--;
        return string.Concat(letters.Take(count)) + Ellipsis;
    }

    /// <summary>Size of the plate of a text, pixels.</summary>
    public SKSize PlateSize(string text) => new(Width(text) + (2 * Margin), capHeight + (2 * Margin));

    /// <summary>Draws the plate and the text on it.</summary>
    public void Draw(SKCanvas canvas, string text, SKRect plate, SKColor colour)
    {
        using var fill = new SKPaint { Color = colour, IsAntialias = true };
        canvas.DrawRect(plate, fill);
        DrawPlain(canvas, text, new SKPoint(plate.Left + Margin, plate.Bottom - Margin), Ink(colour));
    }

    /// <summary>Width of a text without a plate.</summary>
    public float Width(string text) => Runs(text).Sum(run => run.Width);

    /// <summary>Draws a text without a plate.</summary>
    /// <param name="canvas">Where to.</param>
    /// <param name="text">The text.</param>
    /// <param name="place">Where its base line begins.</param>
    /// <param name="colour">Its colour.</param>
    public void DrawPlain(SKCanvas canvas, string text, SKPoint place, SKColor colour)
    {
        foreach (var run in Runs(text))
        {
            Draw(canvas, run, place, colour);
            place.X += run.Width;
        }
    }

    /// <summary>Whether every letter of a text is drawn in a font.</summary>
    public bool HasFonts(string text) => Runs(text).All(run => run.Font is not null);

    /// <inheritdoc/>
    public void Dispose()
    {
        _font.Dispose();
        foreach (var font in _byFamily.Values)
        {
            font.Typeface.Dispose();
            font.Dispose();
        }
    }

    private static List<string> Letters(string text)
    {
        var letters = new List<string>();
        var valid = string.Concat(text.EnumerateRunes());                                 // half a surrogate becomes the sign for what cannot be read
        for (var enumerator = StringInfo.GetTextElementEnumerator(valid); enumerator.MoveNext();)
            letters.Add(enumerator.GetTextElement());
        return letters;
    }

    /// <summary>Letters that follow each other in one font. Where most are written from right to left, the order is turned.</summary>
    private List<Run> Runs(string text)
    {
        var runs = new List<Run>();
        foreach (var group in InOrder(Letters(text)))
        {
            var font = FontOf(group);
            if (runs.Count > 0 && runs[^1].Font == font)
                runs[^1] = Measure(runs[^1].Text + group, font);
            else
                runs.Add(Measure(group, font));
        }

        return runs;
    }

    private static IEnumerable<string> InOrder(List<string> letters)
    {
        var turned = letters.Count(letter => IsRightToLeft(letter));
        return turned > letters.Count - turned ? letters.AsEnumerable().Reverse() : letters;
    }

    /// <summary>Hebrew, Arabic and what lies between and beside them.</summary>
    private static bool IsRightToLeft(string letter)
        => Rune.GetRuneAt(letter, 0).Value is (>= 0x590 and <= 0x8FF) or (>= 0xFB1D and <= 0xFDFF) or (>= 0xFE70 and <= 0xFEFF);

    private Run Measure(string text, SKFont? font)
        => new(text, font, font is null ? StrokeFont.Measure(text, capHeight) + (capHeight / 5) : font.MeasureText(font.Typeface.GetGlyphs(text)));

    private SKFont? FontOf(string letter)
    {
        var first = Rune.GetRuneAt(letter, 0).Value;
        if (HasGlyph(_font, letter))
            return _font;
        if (_others.TryGetValue(first, out var known))
            return known;
        using var match = SKFontManager.Default.MatchCharacter(first);
        return _others[first] = match is null || match.GetGlyph(first) == 0 ? null : OfFamily(match);
    }

    private SKFont OfFamily(SKTypeface match)
    {
        if (!_byFamily.TryGetValue(match.FamilyName, out var font))
            _byFamily[match.FamilyName] = font = new SKFont(SKTypeface.FromFamilyName(match.FamilyName), capHeight / CapShareOfFont);
        return font;
    }

    /// <summary>Marks that join letters or choose their look need no glyph of their own.</summary>
    private static bool HasGlyph(SKFont font, string letter)
        => letter.EnumerateRunes().All(rune
            => Rune.GetUnicodeCategory(rune) is UnicodeCategory.Format or UnicodeCategory.NonSpacingMark || font.GetGlyph(rune.Value) != 0);

    private void Draw(SKCanvas canvas, Run run, SKPoint place, SKColor colour)
    {
        using var ink = new SKPaint
        {
            Color = colour,
            IsAntialias = true,
            IsStroke = run.Font is null,
            StrokeWidth = capHeight / 7,
            StrokeCap = SKStrokeCap.Round,
            StrokeJoin = SKStrokeJoin.Round,
        };
        if (run.Font is not null)
        {
            canvas.DrawText(run.Text, place.X, place.Y, run.Font, ink);
            return;
        }

        using var strokes = StrokeFont.Strokes(run.Text, place, capHeight);
        canvas.DrawPath(strokes, ink);
    }

    /// <summary>Black or white, whichever differs more in luminance (WCAG 2).</summary>
    private static SKColor Ink(SKColor plate) => Luminance(plate) > 0.179 ? SKColors.Black : SKColors.White;

    private static double Luminance(SKColor colour) => (0.2126 * Linear(colour.Red)) + (0.7152 * Linear(colour.Green)) + (0.0722 * Linear(colour.Blue));

    private static double Linear(byte value) => value / 255.0 is var v && v <= 0.04045 ? v / 12.92 : Math.Pow((v + 0.055) / 1.055, 2.4);

    /// <summary>Letters of one font.</summary>
    /// <param name="Text">The letters, in the order they are drawn.</param>
    /// <param name="Font">The font; null where they are drawn as strokes.</param>
    /// <param name="Width">Their width, pixels.</param>
    private readonly record struct Run(string Text, SKFont? Font, float Width);
}
