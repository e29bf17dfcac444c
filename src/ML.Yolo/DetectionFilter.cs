namespace ML.Yolo;

/// <summary>Which detections one caller of a <see cref="DetectionBatcher"/> wants, where that differs from the detector's <see cref="ScoringOptions"/>.</summary>
public sealed record DetectionFilter
{
    /// <summary>Detections are reported if their confidence is above this. In [0, 1]; null, the default, is the detector's own.</summary>
    /// <exception cref="ArgumentOutOfRangeException">The value is out of range or NaN.</exception>
    public float? ScoreThreshold
    {
        get;
        init => field = Checked(value, nameof(ScoreThreshold));
    }

    /// <summary>
    /// Of two detections of one class that overlap by more than this IoU, the less confident one is dropped. In [0, 1]; null, the default, is the detector's
    /// own.
    /// </summary>
    /// <exception cref="ArgumentOutOfRangeException">The value is out of range or NaN.</exception>
    public float? IouThreshold
    {
        get;
        init => field = Checked(value, nameof(IouThreshold));
    }

    /// <summary>Max. detections. At least 1; null, the default, is the detector's own.</summary>
    /// <exception cref="ArgumentOutOfRangeException">The value is below 1.</exception>
    public int? MaxDetections
    {
        get;
        init => field = value is null or >= 1
            ? value
            : throw new ArgumentOutOfRangeException(nameof(MaxDetections), value, FormattableString.Invariant($"MaxDetections is {value}; it must be at least 1."));
    }

    private static float? Checked(float? value, string name) => value is null or (>= 0 and <= 1)
        ? value
        : throw new ArgumentOutOfRangeException(name, value, FormattableString.Invariant($"{name} is {value}; it must be in [0, 1]."));
}
