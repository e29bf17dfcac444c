using System.Globalization;
using SkiaSharp;

namespace ML.Yolo.Reports;

/// <summary>
/// Colours of lines on light and on dark paper. Each differs from every other, and from the ink, by a CIEDE2000 of 25 and more, for eyes that see all colours
/// and for those that lack one kind of cone.
/// </summary>
internal static class SeriesColours
{
    /// <summary>How many there are; more lines take them again, dashed.</summary>
    public const int Count = 5;

    /// <summary>Text, axes and the strongest line on white.</summary>
    public static readonly SKColor LightInk = new(0x1B, 0x1F, 0x24);

    /// <summary>The same on nearly black.</summary>
    public static readonly SKColor DarkInk = new(0xE6, 0xE9, 0xEC);

    /// <summary>Lines on white.</summary>
    public static readonly IReadOnlyList<SKColor> Light =
        [new(0x77, 0x00, 0xCF), new(0xFC, 0x7C, 0x15), new(0x88, 0x33, 0x02), new(0xB8, 0x86, 0xFF), new(0x66, 0x7A, 0x77)];

    /// <summary>Lines on nearly black.</summary>
    public static readonly IReadOnlyList<SKColor> Dark =
        [new(0x7C, 0xA7, 0xFF), new(0xE8, 0xB3, 0x43), new(0x91, 0x57, 0x05), new(0x4F, 0x60, 0x9F), new(0x8B, 0x89, 0x87)];

    /// <summary>The colours as variables of a style sheet.</summary>
    public static string ToCss(IReadOnlyList<SKColor> series, SKColor ink)
        => $"--ink: {Hex(ink)}; " + string.Join(' ', series.Select((colour, i) => FormattableString.Invariant($"--series-{i}: {Hex(colour)};")));

    /// <summary>A colour as style sheets write it.</summary>
    public static string Hex(SKColor colour) => string.Create(CultureInfo.InvariantCulture, $"#{colour.Red:x2}{colour.Green:x2}{colour.Blue:x2}");
}
