using SkiaSharp;

namespace ML.Yolo.Reports;

/// <summary>Letters drawn as lines, for systems without any font installed. Lower case is drawn as upper case; what it lacks, as a box.</summary>
internal static class StrokeFont
{
    // One line per letter. A glyph is a list of strokes, a stroke a list of points, a point two digits: x from 0 to 4, y from 0 (top) to 6 (base line).
    private const string Table = """
        A 06 20 46|14 34
        B 06 00 30 41 42 33 03|33 44 45 36 06
        C 41 30 10 01 05 16 36 45
        D 00 06 26 44 42 20 00
        E 40 00 06 46|03 33
        F 40 00 06|03 33
        G 41 30 10 01 05 16 36 45 43 23
        H 00 06|40 46|03 43
        I 10 30|20 26|16 36
        J 40 45 36 16 05
        K 00 06|40 03 46
        L 00 06 46
        M 06 00 23 40 46
        N 06 00 46 40
        O 10 30 41 45 36 16 05 01 10
        P 06 00 30 41 42 33 03
        Q 10 30 41 45 36 16 05 01 10|24 46
        R 06 00 30 41 42 33 03|23 46
        S 41 30 10 01 02 13 33 44 45 36 16 05
        T 00 40|20 26
        U 00 05 16 36 45 40
        V 00 26 40
        W 00 16 23 36 40
        X 00 46|40 06
        Y 00 23 40|23 26
        Z 00 40 06 46
        0 10 30 41 45 36 16 05 01 10|35 11
        1 11 20 26|16 36
        2 01 10 30 41 42 06 46
        3 00 40 23 33 44 45 36 16 05
        4 36 30 04 44
        5 40 00 03 33 44 45 36 06
        6 30 10 01 05 16 36 45 44 33 03
        7 00 40 16
        8 10 30 41 42 33 13 04 05 16 36 45 44 33|13 02 01 10
        9 43 13 02 01 10 30 41 45 36 16
        . 25 26
        , 25 16
        - 13 33
        _ 06 46
        : 21 22|25 26
        / 06 40
        % 06 40|00 11|35 46
        + 23 23|03 43|21 25
        ( 30 21 25 36
        ) 10 21 25 16
        """;

    private const string Missing = "00 40 46 06 00";
    private const float Advance = 5.6f;
    private const float CapHeight = 6;

    private static readonly Dictionary<char, string> Glyphs = new(
        Table.Split('\n', StringSplitOptions.TrimEntries).Select(line => KeyValuePair.Create(line[0], line[2..])))
    { [' '] = "" };

    /// <summary>Width of a text whose capitals are <paramref name="height"/> high.</summary>
    public static float Measure(string text, float height) => text.Length == 0 ? 0 : ((text.Length * Advance) - (Advance - 4)) * height / CapHeight;

    /// <summary>Outline strokes of a text whose base line begins at a point.</summary>
    public static SKPath Strokes(string text, SKPoint baseLine, float height)
    {
        var path = new SKPath();
        var scale = height / CapHeight;
        for (var i = 0; i < text.Length; i++)
        {
            foreach (var stroke in Glyphs.GetValueOrDefault(char.ToUpperInvariant(text[i]), Missing).Split('|', StringSplitOptions.RemoveEmptyEntries))
            {
                var points = stroke.Split(' ').Select(point => new SKPoint(
                    baseLine.X + (((i * Advance) + (point[0] - '0')) * scale),
                    baseLine.Y + ((point[1] - '0' - CapHeight) * scale)));
                path.AddPoly([.. points], close: false);
            }
        }

        return path;
    }
}
