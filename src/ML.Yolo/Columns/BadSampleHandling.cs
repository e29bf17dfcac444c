namespace ML.Yolo;

/// <summary>
/// What happens where a sample cannot be used: its label file is malformed, its image is missing or damaged, its labels and boxes do not fit together.
/// </summary>
public enum BadSampleHandling
{
    /// <summary>Stop with an exception that names file, line and field.</summary>
    Throw,

    /// <summary>Leave the sample out and go on. The log tells how many were left out, and what was wrong with the first ten.</summary>
    Skip,
}
