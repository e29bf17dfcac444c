namespace ML.Yolo;

/// <summary>Precision over recall of one class at IoU 0.50, as average precision samples it.</summary>
public sealed record PrecisionRecallCurve
{
    /// <summary>Name of the class.</summary>
    public required string ClassName { get; init; }

    /// <summary>Average precision at IoU 0.50.</summary>
    public required double AveragePrecision { get; init; }

    /// <summary>The levels 0, 0.01 … 1.</summary>
    public required IReadOnlyList<double> Recall { get; init; }

    /// <summary>At each level, the precision that can be had with that recall or more.</summary>
    public required IReadOnlyList<double> Precision { get; init; }
}
