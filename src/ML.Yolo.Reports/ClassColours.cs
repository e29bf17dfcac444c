using SkiaSharp;

namespace ML.Yolo.Reports;

/// <summary>
/// Colours of boxes on photos, whose dark rim sets them off. Each differs from every other by a CIEDE2000 of 25 and more, for eyes that see all colours and
/// for those that lack one kind of cone.
/// </summary>
internal static class ClassColours
{
    /// <summary>Colours of classes, the most vivid first.</summary>
    public static readonly IReadOnlyList<SKColor> All =
    [
        new(0xE9, 0x6B, 0x00), new(0x1E, 0x78, 0xFF), new(0xE2, 0xFF, 0xCC), new(0xF7, 0xD4, 0xFF), new(0x60, 0x19, 0x00), new(0x74, 0x6C, 0x70),
        new(0x0D, 0x28, 0x7A),
    ];

    /// <summary>What was found and is right.</summary>
    public static readonly SKColor Right = new(0xBA, 0xFB, 0xFE);

    /// <summary>What was not found.</summary>
    public static readonly SKColor Missed = new(0xCA, 0x08, 0x00);

    /// <summary>What was found where nothing is.</summary>
    public static readonly SKColor FalseAlarm = new(0x93, 0x67, 0xFF);

    /// <summary>What was taken for another class.</summary>
    public static readonly SKColor Confused = new(0xFF, 0xE8, 0x0F);

    /// <summary>What counts neither way.</summary>
    public static readonly SKColor Aside = new(0x4C, 0x39, 0x4E);

    /// <summary>The colour of a class; from the eighth on they repeat, and names tell them apart.</summary>
    public static SKColor Of(int classIndex) => All[classIndex % All.Count];
}
