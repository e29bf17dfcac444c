namespace ML.Yolo;

/// <summary>
/// Which detections one caller of a <see cref="DetectionBatcher"/> wants, where that differs from the detector's <see cref="ScoringOptions"/>.
/// </summary>
public sealed record DetectionFilter
{
    /// <summary>Detections are reported if their confidence is above this. In [0, 1]; null, the default, is the detector's own.</summary>
    /// <exception cref="ArgumentOutOfRangeException">The value is out of range or NaN.</exception>
    public float? ScoreThreshold
    {
        get;
        init => field = Checked(IsShare(value), value, nameof(ScoreThreshold), "in [0, 1]");
    }

    /// <summary>
    /// Of two detections of one class that overlap by more than this IoU, the less confident one is dropped. In [0, 1]; null, the default, is the detector's
    /// own.
    /// </summary>
    /// <exception cref="ArgumentOutOfRangeException">The value is out of range or NaN.</exception>
    public float? IouThreshold
    {
        get;
        init => field = Checked(IsShare(value), value, nameof(IouThreshold), "in [0, 1]");
    }

    /// <summary>Max. detections. At least 1; null, the default, is the detector's own.</summary>
    /// <exception cref="ArgumentOutOfRangeException">The value is below 1.</exception>
    public int? MaxDetections
    {
        get;
        init => field = Checked(value is null or >= 1, value, nameof(MaxDetections), "at least 1");
    }

    private static bool IsShare(float? value) => value is null or (>= 0 and <= 1);

    private static T Checked<T>(bool holds, T value, string name, string expected) => holds
        ? value
        : throw new ArgumentOutOfRangeException(name, FormattableString.Invariant($"{name} is {value}; it must be {expected}."));
}
