namespace ML.Yolo;

/// <summary>How boxes are drawn on an image.</summary>
public sealed class DetectionImageOptions
{
    /// <summary>
    /// Names of all classes, whose order decides the colours, so that a class has one colour on all images. Null, the default: the order in which they
    /// appear on the image.
    /// </summary>
    public IReadOnlyList<string>? ClassNames { get; set; }

    /// <summary>Boxes of less confidence are left out. In [0, 1]; default 0.</summary>
    public float ScoreThreshold { get; set; }

    /// <summary>Whether the confidence is written behind the name. Default true.</summary>
    public bool ShowScores { get; set; } = true;

    /// <summary>Whether there are names at all. Default true.</summary>
    public bool ShowLabels { get; set; } = true;

    /// <summary>Images whose longer side has fewer pixels are enlarged to it, so that names can be read. At least 0; 0, the default, enlarges none.</summary>
    public int MinimumSide { get; set; }

    /// <exception cref="ArgumentOutOfRangeException">A value is out of range; the message names it.</exception>
    internal void Check()
    {
        if (!(ScoreThreshold is >= 0 and <= 1))
            throw OutOfRange(nameof(ScoreThreshold), ScoreThreshold, "[0, 1]");
        if (MinimumSide is < 0 or > 16384)
            throw OutOfRange(nameof(MinimumSide), MinimumSide, "[0, 16384]");
    }

    private static ArgumentOutOfRangeException OutOfRange(string option, float found, string range)
        => new(option, FormattableString.Invariant($"{option} is {found}; it must be in {range}."));
}
