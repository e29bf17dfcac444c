namespace ML.Yolo.Evaluation;

/// <summary>The numbers of one class, once all images were seen.</summary>
internal sealed class CocoClassMeasure
{
    private readonly CocoClassRecord _record;
    private readonly CocoOutcome[] _outcomes;

    public CocoClassMeasure(string className, CocoClassRecord record)
    {
        (ClassName, _record) = (className, record);
        (var scores, _outcomes) = record.Detections.Rank();
        Ranking = ConfidenceRanking.Of(scores, _outcomes, ObjectCount);
        Whole = Subset(area: 0, int.MaxValue);
    }

    public string ClassName { get; }

    /// <summary>Objects of any size that are looked for.</summary>
    public int ObjectCount => CountOf(0);

    /// <summary>The detections at IoU 0.50, objects of any size.</summary>
    public ConfidenceRanking Ranking { get; }

    /// <summary>Objects of any size, all detections that count; null where there is no object.</summary>
    public CocoSubset? Whole { get; }

    public int CountOf(int area) => _record.ObjectCounts[area];

    /// <summary>The class within a range of areas; null where it has no object there.</summary>
    public CocoSubset? Subset(int area, int maxDetections)
    {
        if (CountOf(area) == 0)
            return null;
        var (precisions, recalls) = (new double[CocoMatcher.IouThresholds.Length], new double[CocoMatcher.IouThresholds.Length]);
        for (var t = 0; t < precisions.Length; t++)
        {
            var ranks = RanksOfRight(CocoMatcher.Bit(area, t), maxDetections);
            precisions[t] = AveragePrecision.CocoMean(AveragePrecision.CocoSamples(ranks, CountOf(area)));
            recalls[t] = (double)ranks.Length / CountOf(area);
        }

        return new CocoSubset(precisions, recalls);
    }

    public PrecisionRecallCurve PrecisionRecall()
    {
        var samples = AveragePrecision.CocoSamples(RanksOfRight(CocoMatcher.Bit(0, 0), int.MaxValue), ObjectCount);
        return new PrecisionRecallCurve
        {
            ClassName = ClassName,
            AveragePrecision = AveragePrecision.CocoMean(samples),
            Recall = AveragePrecision.RecallLevels,
            Precision = samples,
        };
    }

    public ClassDetectionMetrics ToMetrics(double bestScore)
    {
        var (precision, recall, f1) = ObjectCount > 0 ? Ranking.At(bestScore) : (double.NaN, double.NaN, double.NaN);
        return new ClassDetectionMetrics
        {
            ClassName = ClassName,
            GroundTruthCount = ObjectCount,
            DetectionCount = _record.DetectionCount,
            AveragePrecisions = Whole?.Precisions ?? [.. Enumerable.Repeat(double.NaN, CocoMatcher.IouThresholds.Length)],
            Precision = precision,
            Recall = recall,
            F1 = f1,
        };
    }

    /// <summary>Of each right detection, how many that count there are down to it.</summary>
    private int[] RanksOfRight(ulong bit, int maxDetections)
    {
        var ranks = new List<int>();
        var counted = 0;
        foreach (var outcome in _outcomes)
        {
            if (outcome.Rank >= maxDetections || (outcome.Ignored & bit) != 0)
                continue;
            counted++;
            if ((outcome.Right & bit) != 0)
                ranks.Add(counted);
        }

        return [.. ranks];
    }
}
