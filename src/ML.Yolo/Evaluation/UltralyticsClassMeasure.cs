namespace ML.Yolo.Evaluation;

/// <summary>
/// The numbers of one class that has objects, once all images were seen: average precision per threshold; precision, recall and F1 at IoU 0.50 over
/// confidence.
/// </summary>
internal sealed class UltralyticsClassMeasure
{
    /// <summary>Confidences 0 … 1 at which the best is sought.</summary>
    public const int Confidences = 1000;

    private const double Epsilon = 1e-16;

    private readonly double[] _negatedScores;                                            // rising, as interpolation wants
    private readonly double[] _precision;
    private readonly double[] _recall;

    public UltralyticsClassMeasure(string className, UltralyticsClassRecord record)
    {
        var (scores, matches) = record.Detections.Rank();
        _negatedScores = Array.ConvertAll(scores, score => -(double)score);
        (_precision, _recall) = (new double[scores.Length], new double[scores.Length]);
        var samples = new double[AveragePrecision.RecallLevels.Length];
        for (var t = Precisions.Length - 1; t >= 0 && scores.Length > 0; t--)             // the lowest last: its rates make the curves
        {
            var right = 0;
            for (var i = 0; i < matches.Length; i++)
            {
                right += (matches[i] >> t) & 1;
                (_recall[i], _precision[i]) = ((double)right / record.ObjectCount, right / (i + 1.0));
            }

            samples = AveragePrecision.UltralyticsSamples(_recall, _precision);
            Precisions[t] = AveragePrecision.UltralyticsMean(samples);
        }

        for (var i = 0; i < Confidences; i++)
            (Precision[i], Recall[i], F1[i]) = At((double)i / (Confidences - 1));
        PrecisionRecall = new PrecisionRecallCurve
        {
            ClassName = className,
            AveragePrecision = Precisions[0],
            Recall = AveragePrecision.RecallLevels,
            Precision = samples,
        };
        Curve = ToCurve(className);
    }

    public double[] Precisions { get; } = new double[UltralyticsMatcher.IouThresholds.Length];

    public double[] Precision { get; } = new double[Confidences];

    public double[] Recall { get; } = new double[Confidences];

    public double[] F1 { get; } = new double[Confidences];

    public PrecisionRecallCurve PrecisionRecall { get; }

    public ConfidenceCurve Curve { get; }

    /// <summary>The rates at a confidence, between those of the detections around it. Without any detection all are 0, as in the reference.</summary>
    private (double Precision, double Recall, double F1) At(double confidence)
    {
        if (_negatedScores.Length == 0)
            return default;
        var precision = LinearInterpolation.At(-confidence, _negatedScores, _precision, left: 1);
        var recall = LinearInterpolation.At(-confidence, _negatedScores, _recall, left: 0);
        return (precision, recall, 2 * precision * recall / (precision + recall + Epsilon));
    }

    private ConfidenceCurve ToCurve(string className) => ConfidenceCurve.Of(className, At);
}
