using SkiaSharp;

namespace Quickstart;

/// <summary>Colours of the scenes. They tell nothing of a shape's kind.</summary>
internal static class Palette
{
    private const double SmallestDistance = 110;

    /// <summary>Any colour that is neither very dark nor very pale.</summary>
    public static SKColor Any(Random random) => SKColor.FromHsv(Shape.Between(random, 0, 360), Shape.Between(random, 30, 100), Shape.Between(random, 25, 100));

    /// <summary>A colour that stands out against all of the given ones: a shape no eye can see teaches nothing.</summary>
    public static SKColor Against(SKColor[] background, Random random)
    {
        SKColor colour;
        do
            colour = Any(random);
        while (background.Any(other => Distance(colour, other) < SmallestDistance));
        return colour;
    }

    private static double Distance(SKColor a, SKColor b)
        => Math.Sqrt(Math.Pow(a.Red - b.Red, 2) + Math.Pow(a.Green - b.Green, 2) + Math.Pow(a.Blue - b.Blue, 2));
}
