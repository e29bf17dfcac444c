using ML.Yolo.Reports;
using SkiaSharp;

namespace ML.Yolo.Tests.Reports;

/// <summary>Colours are told apart by eyes of every kind.</summary>
public sealed class ColourTests
{
    private const double Apart = 25;

    public static TheoryData<string> Palettes => ["light lines", "dark lines", "classes", "verdicts"];

    [Theory]
    [MemberData(nameof(Palettes))]
    public void Palette_AnyTwoColours_DifferBy25ForEveryEye(string palette)
    {
        var colours = Colours(palette);

        Assert.True(colours.Count >= 5);
        for (var i = 0; i < colours.Count; i++)
        {
            for (var j = 0; j < i; j++)
                Assert.True(ColourDistance.Least(colours[i], colours[j]) >= Apart, $"{colours[i]:x6} and {colours[j]:x6} of the {palette}");
        }
    }

    [Theory]
    [InlineData("light lines", 0xFFFFFF)]
    [InlineData("dark lines", 0x14171B)]
    public void Palette_OfLines_StandsOutFromThePaper(string palette, int paper)
        => Assert.All(Colours(palette), colour => Assert.InRange(ColourDistance.Contrast(colour, paper), 2.5, 21));

    [Theory]
    [InlineData(50, 2.6772, -79.7751, 50, 0, -82.7485, 2.0425)]
    [InlineData(50, 2.5, 0, 73, 25, -18, 27.1492)]
    [InlineData(2.0776, 0.0795, -1.1350, 0.9033, -0.0636, -0.5514, 0.9082)]
    public void DeltaE_PairsOfThePaper_AreItsNumbers(double l1, double a1, double b1, double l2, double a2, double b2, double expected)
        => Assert.Equal(expected, ColourDistance.DeltaE((l1, a1, b1), (l2, a2, b2)), 1e-4);

    private static List<int> Colours(string palette) => palette switch
    {
        "light lines" => [.. SeriesColours.Light.Append(SeriesColours.LightInk).Select(Number)],
        "dark lines" => [.. SeriesColours.Dark.Append(SeriesColours.DarkInk).Select(Number)],
        "classes" => [.. ClassColours.All.Select(Number)],
        _ => [.. new[] { ClassColours.Right, ClassColours.Missed, ClassColours.FalseAlarm, ClassColours.Confused, ClassColours.Aside }.Select(Number)],
    };

    private static int Number(SKColor colour) => (colour.Red << 16) | (colour.Green << 8) | colour.Blue;
}
