namespace ML.Yolo;

/// <summary>Precision, recall and F1 at IoU 0.50 where only detections of at least some confidence count.</summary>
public sealed record ConfidenceCurve
{
    internal static readonly IReadOnlyList<double> Thresholds = [.. Enumerable.Range(0, 101).Select(i => i / 100.0)];

    /// <summary>Name of the class; "all" for all of them.</summary>
    public required string ClassName { get; init; }

    /// <summary>The confidences 0, 0.01 … 1.</summary>
    public required IReadOnlyList<double> ScoreThreshold { get; init; }

    /// <summary>Share of those detections that are right; 1 where there are none.</summary>
    public required IReadOnlyList<double> Precision { get; init; }

    /// <summary>Share of the objects that they find.</summary>
    public required IReadOnlyList<double> Recall { get; init; }

    /// <summary>Harmonic mean of the two.</summary>
    public required IReadOnlyList<double> F1 { get; init; }

    /// <summary>The curve of the rates at each threshold.</summary>
    internal static ConfidenceCurve Of(string className, Func<double, (double Precision, double Recall, double F1)> at)
    {
        var rates = Thresholds.Select(at).ToArray();
        return new ConfidenceCurve
        {
            ClassName = className,
            ScoreThreshold = Thresholds,
            Precision = Array.ConvertAll(rates, rate => rate.Precision),
            Recall = Array.ConvertAll(rates, rate => rate.Recall),
            F1 = Array.ConvertAll(rates, rate => rate.F1),
        };
    }
}
