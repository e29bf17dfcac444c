namespace ML.Yolo.Tests.Reports;

/// <summary>How far apart two colours are for eyes of every kind: CIEDE2000 (Sharma, Wu and Dalal 2005), the least over normal sight and its three
/// deficiencies as Machado, Oliveira and Fernandes (2009) simulate them at full severity.</summary>
internal static class ColourDistance
{
    // Rows of matrices on linear red, green and blue: normal, protanopia, deuteranopia, tritanopia.
    private static readonly double[][] Eyes =
    [
        [1, 0, 0, 0, 1, 0, 0, 0, 1],
        [0.152286, 1.052583, -0.204868, 0.114503, 0.786281, 0.099216, -0.003882, -0.048116, 1.051998],
        [0.367322, 0.860646, -0.227968, 0.280085, 0.672501, 0.047413, -0.011820, 0.042940, 0.968881],
        [1.255528, -0.076749, -0.178779, -0.078411, 0.930809, 0.147602, 0.004733, 0.691367, 0.303900],
    ];

    /// <summary>The distance for the eyes that see the least of it.</summary>
    /// <param name="a">A colour as 0xRRGGBB.</param>
    /// <param name="b">The other.</param>
    public static double Least(int a, int b) => Eyes.Min(eye => DeltaE(Lab(a, eye), Lab(b, eye)));

    /// <summary>Contrast of two colours by WCAG 2, from 1 to 21.</summary>
    public static double Contrast(int a, int b)
    {
        var (lighter, darker) = (Math.Max(Luminance(a), Luminance(b)), Math.Min(Luminance(a), Luminance(b)));
        return (lighter + 0.05) / (darker + 0.05);
    }

    /// <summary>CIEDE2000 of two colours in CIELAB.</summary>
    public static double DeltaE((double L, double A, double B) one, (double L, double A, double B) two)
    {
        var meanC = (Math.Sqrt((one.A * one.A) + (one.B * one.B)) + Math.Sqrt((two.A * two.A) + (two.B * two.B))) / 2;
        var g = 0.5 * (1 - Math.Sqrt(Math.Pow(meanC, 7) / (Math.Pow(meanC, 7) + Math.Pow(25, 7))));
        var ((c1, h1), (c2, h2)) = (Polar((1 + g) * one.A, one.B), Polar((1 + g) * two.A, two.B));
        var turn = c1 * c2 == 0 ? 0 : h2 - h1 > 180 ? h2 - h1 - 360 : h2 - h1 < -180 ? h2 - h1 + 360 : h2 - h1;
        var (deltaL, deltaC, deltaH) = (two.L - one.L, c2 - c1, 2 * Math.Sqrt(c1 * c2) * Sin(turn / 2));
        var sum = h1 + h2;
        var meanH = c1 * c2 == 0 ? sum : Math.Abs(h1 - h2) <= 180 ? sum / 2 : sum < 360 ? (sum + 360) / 2 : (sum - 360) / 2;
        var (fromMiddle, c) = (Math.Pow(((one.L + two.L) / 2) - 50, 2), (c1 + c2) / 2);
        var t = 1 - (0.17 * Cos(meanH - 30)) + (0.24 * Cos(2 * meanH)) + (0.32 * Cos((3 * meanH) + 6)) - (0.2 * Cos((4 * meanH) - 63));
        var (sL, sC, sH) = (1 + (0.015 * fromMiddle / Math.Sqrt(20 + fromMiddle)), 1 + (0.045 * c), 1 + (0.015 * c * t));
        var rotation = -Sin(60 * Math.Exp(-Math.Pow((meanH - 275) / 25, 2))) * 2 * Math.Sqrt(Math.Pow(c, 7) / (Math.Pow(c, 7) + Math.Pow(25, 7)));
        return Math.Sqrt(Math.Pow(deltaL / sL, 2) + Math.Pow(deltaC / sC, 2) + Math.Pow(deltaH / sH, 2) + (rotation * deltaC / sC * deltaH / sH));
    }

    private static (double Chroma, double Hue) Polar(double a, double b)
        => (Math.Sqrt((a * a) + (b * b)), ((Math.Atan2(b, a) * 180 / Math.PI) + 360) % 360);

    private static double Sin(double degrees) => Math.Sin(degrees * Math.PI / 180);

    private static double Cos(double degrees) => Math.Cos(degrees * Math.PI / 180);

    private static (double L, double A, double B) Lab(int rgb, double[] eye)
    {
        var seen = new double[3];
        var (r, g, b) = Linear(rgb);
        for (var row = 0; row < 3; row++)
            seen[row] = Math.Clamp((eye[3 * row] * r) + (eye[(3 * row) + 1] * g) + (eye[(3 * row) + 2] * b), 0, 1);
        var x = Root(((0.4124564 * seen[0]) + (0.3575761 * seen[1]) + (0.1804375 * seen[2])) / 0.95047);
        var y = Root((0.2126729 * seen[0]) + (0.7151522 * seen[1]) + (0.0721750 * seen[2]));
        var z = Root(((0.0193339 * seen[0]) + (0.1191920 * seen[1]) + (0.9503041 * seen[2])) / 1.08883);
        return ((116 * y) - 16, 500 * (x - y), 200 * (y - z));
    }

    private static double Root(double value) => value > 216.0 / 24389 ? Math.Cbrt(value) : ((24389.0 / 27 * value) + 16) / 116;

    private static double Luminance(int rgb) => Linear(rgb) is var (r, g, b) ? (0.2126 * r) + (0.7152 * g) + (0.0722 * b) : 0;

    private static (double R, double G, double B) Linear(int rgb) => (Linear((rgb >> 16) & 255, 1), Linear((rgb >> 8) & 255, 1), Linear(rgb & 255, 1));

    private static double Linear(int value, int full) => value / 255.0 / full is var v && v <= 0.04045 ? v / 12.92 : Math.Pow((v + 0.055) / 1.055, 2.4);
}
