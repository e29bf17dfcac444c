using SkiaSharp;

namespace ML.Yolo.Reports;

/// <summary>Okabe and Ito's palette, told apart by people of every colour vision.</summary>
internal static class ClassColours
{
    public static readonly SKColor Orange = new(0xE6, 0x9F, 0x00);
    public static readonly SKColor SkyBlue = new(0x56, 0xB4, 0xE9);
    public static readonly SKColor Green = new(0x00, 0x9E, 0x73);
    public static readonly SKColor Yellow = new(0xF0, 0xE4, 0x42);
    public static readonly SKColor Blue = new(0x00, 0x72, 0xB2);
    public static readonly SKColor Vermilion = new(0xD5, 0x5E, 0x00);
    public static readonly SKColor Purple = new(0xCC, 0x79, 0xA7);

    private static readonly SKColor[] All = [Orange, SkyBlue, Green, Yellow, Blue, Vermilion, Purple];

    /// <summary>The colour of a class; from the eighth on they repeat, and names tell them apart.</summary>
    public static SKColor Of(int classIndex) => All[classIndex % All.Length];
}
