namespace ML.Yolo.Evaluation;

/// <summary>The metrics as YOLOv5 computes them.</summary>
internal sealed class UltralyticsEvaluator : DetectionEvaluator
{
    private const double SmoothedShare = 0.1;

    private readonly List<UltralyticsClassRecord> _classes = [];
    private ushort[] _matches = [];

    /// <inheritdoc/>
    protected override void AddClass(int label, ReadOnlySpan<EvaluatedObject> objects, ReadOnlySpan<EvaluatedDetection> detections)
    {
        while (_classes.Count <= label)
            _classes.Add(new UltralyticsClassRecord());
        var looked = OnlyCounted(objects);
        var record = _classes[label];
        record.ObjectCount += looked.Length;
        if (_matches.Length < detections.Length)
            _matches = new ushort[2 * detections.Length];
        var matches = _matches.AsSpan(0, detections.Length);
        UltralyticsMatcher.Match(detections, looked, matches);
        for (var i = 0; i < matches.Length; i++)
            record.Detections.Add(detections[i].Score, matches[i]);
    }

    /// <inheritdoc/>
    public override DetectionMetrics Evaluate(IReadOnlyList<string> classNames)
    {
        while (_classes.Count < classNames.Count)
            _classes.Add(new UltralyticsClassRecord());
        var measures = _classes.Zip(classNames, (record, name) => record.ObjectCount > 0 ? new UltralyticsClassMeasure(name, record) : null).ToList();
        var known = measures.OfType<UltralyticsClassMeasure>().ToList();
        var best = BestConfidence(known);
        var confidence = (double)best / (UltralyticsClassMeasure.Confidences - 1);
        var perClass = classNames.Select((name, i) => Metrics(name, _classes[i], measures[i], best)).ToList();
        return new DetectionMetrics
        {
            Definition = DetectionMetricDefinition.Ultralytics,
            MAP50 = Mean(known, measure => measure.Precisions[0]),
            MAP75 = Mean(known, measure => measure.Precisions[5]),
            MAP50_95 = Mean(known, measure => measure.Precisions.Average()),
            Precision = Mean(known, measure => measure.Precision[best]),
            Recall = Mean(known, measure => measure.Recall[best]),
            F1 = Mean(known, measure => measure.F1[best]),
            BestScoreThreshold = confidence,
            PerClass = perClass,
            PrecisionRecallCurves = known.ConvertAll(measure => measure.PrecisionRecall),
            ConfidenceCurves = known.ConvertAll(measure => measure.Curve),
            OverallConfidenceCurve = MeanCurve(known),
            ConfusionMatrix = Confusion(classNames),
            ImageCount = ImageCount,
            GroundTruthCount = _classes.Sum(record => record.ObjectCount),
            DetectionCount = _classes.Sum(record => record.Detections.Count),
            IgnoredGroundTruthCount = IgnoredCount,
        };
    }

    private static ReadOnlySpan<EvaluatedObject> OnlyCounted(ReadOnlySpan<EvaluatedObject> objects)
    {
        foreach (var item in objects)
        {
            if (!item.Counts)
                return objects.ToArray().Where(other => other.Counts).ToArray();
        }

        return objects;
    }

    private static ClassDetectionMetrics Metrics(string name, UltralyticsClassRecord record, UltralyticsClassMeasure? measure, int best) => new()
    {
        ClassName = name,
        GroundTruthCount = record.ObjectCount,
        DetectionCount = record.Detections.Count,
        AveragePrecisions = measure?.Precisions ?? Enumerable.Repeat(double.NaN, UltralyticsMatcher.IouThresholds.Length).ToArray(),
        Precision = measure?.Precision[best] ?? double.NaN,
        Recall = measure?.Recall[best] ?? double.NaN,
        F1 = measure?.F1[best] ?? double.NaN,
    };

    private static double Mean(List<UltralyticsClassMeasure> known, Func<UltralyticsClassMeasure, double> value)
        => known.Count == 0 ? 0 : known.Average(value);

    private static ConfidenceCurve MeanCurve(List<UltralyticsClassMeasure> known)
    {
        double[] Over(Func<ConfidenceCurve, IReadOnlyList<double>> values)
            => [.. Enumerable.Range(0, ConfidenceCurve.Thresholds.Count).Select(i => Mean(known, measure => values(measure.Curve)[i]))];
        return new ConfidenceCurve
        {
            ClassName = AllClasses,
            ScoreThreshold = ConfidenceCurve.Thresholds,
            Precision = Over(curve => curve.Precision),
            Recall = Over(curve => curve.Recall),
            F1 = Over(curve => curve.F1),
        };
    }

    /// <summary>Where the mean F1 over classes, smoothed by a moving average, is highest.</summary>
    private static int BestConfidence(List<UltralyticsClassMeasure> known)
    {
        var mean = new double[UltralyticsClassMeasure.Confidences];
        for (var i = 0; i < mean.Length; i++)
            mean[i] = Mean(known, measure => measure.F1[i]);
        var half = (int)Math.Round(UltralyticsClassMeasure.Confidences * SmoothedShare * 2, MidpointRounding.ToEven) / 4;
        var best = (Index: 0, Value: double.NegativeInfinity);
        for (var i = 0; i < mean.Length; i++)
        {
            var sum = 0.0;
            for (var k = i - half; k <= i + half; k++)
                sum += mean[Math.Clamp(k, 0, mean.Length - 1)];                           // the ends go on as they are
            if (sum > best.Value)
                best = (i, sum);
        }

        return best.Index;
    }
}
