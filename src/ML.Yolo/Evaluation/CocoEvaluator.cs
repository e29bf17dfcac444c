namespace ML.Yolo.Evaluation;

/// <summary>The metrics as pycocotools computes them.</summary>
internal sealed class CocoEvaluator : DetectionEvaluator
{
    private const int MaxDetections = 100;
    private const int AllAreas = 0;
    private const int FirstThreshold = 0;

    private readonly CocoMatcher _matcher = new();
    private readonly CocoOutcome[] _outcomes = new CocoOutcome[MaxDetections];
    private readonly List<CocoClassRecord> _classes = [];

    /// <inheritdoc/>
    protected override void AddClass(int label, ReadOnlySpan<EvaluatedObject> objects, ReadOnlySpan<EvaluatedDetection> detections)
    {
        while (_classes.Count <= label)
            _classes.Add(new CocoClassRecord());
        var record = _classes[label];
        record.AddObjects(objects);
        record.DetectionCount += detections.Length;
        var ranked = detections[..Math.Min(detections.Length, MaxDetections)];
        _matcher.Match(ranked, objects, _outcomes);
        for (var i = 0; i < ranked.Length; i++)
            record.Detections.Add(ranked[i].Score, _outcomes[i]);
    }

    /// <inheritdoc/>
    public override DetectionMetrics Evaluate(IReadOnlyList<string> classNames)
    {
        while (_classes.Count < classNames.Count)
            _classes.Add(new CocoClassRecord());
        var classes = _classes.Zip(classNames, (record, name) => new CocoClassMeasure(name, record)).ToList();
        var known = classes.FindAll(measure => measure.ObjectCount > 0);
        var overall = ConfidenceRanking.Merge(classes.ConvertAll(measure => measure.Ranking));
        var best = overall.Best();
        var all = known.ConvertAll(measure => measure.Whole!);
        return new DetectionMetrics
        {
            Definition = DetectionMetricDefinition.Coco,
            MAP50 = MeanOrZero(all, subset => subset.Precisions[FirstThreshold]),
            MAP75 = MeanOrZero(all, subset => subset.Precisions[5]),
            MAP50_95 = MeanOrZero(all, subset => subset.Precisions.Average()),
            Precision = best.Precision,
            Recall = best.Recall,
            F1 = best.F1,
            BestScoreThreshold = best.Score,
            BySize = [.. Enum.GetValues<ObjectSize>().Select(size => BySize(size, known))],
            ByDetectionLimit = [.. new[] { 1, 10, MaxDetections }.Select(limit => ByLimit(limit, known))],
            PerClass = classes.ConvertAll(measure => measure.ToMetrics(best.Score)),
            PrecisionRecallCurves = known.ConvertAll(measure => measure.PrecisionRecall()),
            ConfidenceCurves = known.ConvertAll(measure => measure.Ranking.Curve(measure.ClassName)),
            OverallConfidenceCurve = overall.Curve(AllClasses),
            ConfusionMatrix = Confusion(classNames),
            ImageCount = ImageCount,
            GroundTruthCount = _classes.Sum(record => record.ObjectCounts[AllAreas]),
            DetectionCount = _classes.Sum(record => record.DetectionCount),
            IgnoredGroundTruthCount = IgnoredCount,
        };
    }

    private static ObjectSizeMetrics BySize(ObjectSize size, List<CocoClassMeasure> known)
    {
        var area = 1 + (int)size;
        var subsets = Subsets(area, MaxDetections, known);
        var count = known.Sum(measure => measure.CountOf(area));
        return new() { Size = size, GroundTruthCount = count, MAP50_95 = MeanPrecision(subsets), AverageRecall = MeanRecall(subsets) };
    }

    private static DetectionLimitMetrics ByLimit(int limit, List<CocoClassMeasure> known)
    {
        var subsets = Subsets(AllAreas, limit, known);
        return new DetectionLimitMetrics { MaxDetections = limit, MAP50_95 = MeanPrecision(subsets), AverageRecall = MeanRecall(subsets) };
    }

    private static List<CocoSubset> Subsets(int area, int limit, List<CocoClassMeasure> known)
        => [.. known.Select(measure => (area, limit) == (AllAreas, MaxDetections) ? measure.Whole : measure.Subset(area, limit)).OfType<CocoSubset>()];

    private static double MeanPrecision(List<CocoSubset> subsets) => subsets.Count == 0 ? double.NaN : subsets.Average(subset => subset.Precisions.Average());

    private static double MeanRecall(List<CocoSubset> subsets) => subsets.Count == 0 ? double.NaN : subsets.Average(subset => subset.Recalls.Average());

    private static double MeanOrZero(List<CocoSubset> subsets, Func<CocoSubset, double> value) => subsets.Count == 0 ? 0 : subsets.Average(value);
}
