using System.Globalization;

namespace ML.Yolo.Interop;

/// <summary>Versions from one on and below another, as NuGet writes them: <c>[5.0.1, 5.1)</c>.</summary>
/// <param name="Min">The lowest version in it.</param>
/// <param name="Limit">The lowest version above it.</param>
internal readonly record struct VersionRange(Version Min, Version Limit)
{
    private const int Parts = 4;

    /// <summary>Reads a range.</summary>
    /// <exception cref="FormatException">The text is not of the form <c>[1.2.3, 4.5)</c>.</exception>
    public static VersionRange Parse(string text)
    {
        var ends = text is ['[', .., ')'] ? text[1..^1].Split(',', StringSplitOptions.TrimEntries) : [];
        if (ends is [var min, var limit] && ReadVersion(min) is { } from && ReadVersion(limit) is { } below)
            return new(from, below);
        throw new FormatException($"'{text}' is not a range of versions; the form [1.2.3, 4.5) was expected.");
    }

    /// <summary>
    /// The four numbers that a version begins with, 0 where there are fewer; null where it begins with none. What follows, such as <c>-preview.1</c>, is
    /// passed over.
    /// </summary>
    public static Version? ReadVersion(string text)
    {
        var numbers = string.Concat(text.TakeWhile(letter => char.IsAsciiDigit(letter) || letter == '.')).Split('.').Take(Parts).ToList();
        var parts = new int[Parts];
        for (var i = 0; i < numbers.Count; i++)
        {
            if (!int.TryParse(numbers[i], NumberStyles.None, CultureInfo.InvariantCulture, out parts[i]))
                return null;
        }

        return new Version(parts[0], parts[1], parts[2], parts[3]);
    }

    public bool Contains(Version version) => version >= Min && version < Limit;

    public override string ToString() => $"[{Short(Min)}, {Short(Limit)})";

    /// <summary>A version without the zeros at its end, but for two numbers.</summary>
    public static string Short(Version version) => version.ToString(version.Revision > 0 ? 4 : version.Build > 0 ? 3 : 2);
}
