namespace ML.Yolo.Evaluation;

/// <summary>The metrics as YOLOv5 computes them.</summary>
internal sealed class UltralyticsEvaluator : DetectionEvaluator
{
    private const int Confidences = 1000;
    private const double SmoothedShare = 0.1;
    private const double Epsilon = 1e-16;

    private readonly List<ClassRecord> _classes = [];
    private ushort[] _matches = [];

    /// <inheritdoc/>
    protected override void AddClass(int label, ReadOnlySpan<EvaluatedObject> objects, ReadOnlySpan<EvaluatedDetection> detections)
    {
        while (_classes.Count <= label)
            _classes.Add(new ClassRecord());
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
            _classes.Add(new ClassRecord());
        var measures = _classes.ConvertAll(record => record.ObjectCount > 0 ? ClassMeasure.Of(record) : null);
        var known = measures.OfType<ClassMeasure>().ToList();
        var best = BestConfidence(known);
        var confidence = (double)best / (Confidences - 1);
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

    private static ClassDetectionMetrics Metrics(string name, ClassRecord record, ClassMeasure? measure, int best) => new()
    {
        ClassName = name,
        GroundTruthCount = record.ObjectCount,
        DetectionCount = record.Detections.Count,
        AveragePrecisions = measure?.Precisions ?? Enumerable.Repeat(double.NaN, UltralyticsMatcher.IouThresholds.Length).ToArray(),
        Precision = measure?.Precision[best] ?? double.NaN,
        Recall = measure?.Recall[best] ?? double.NaN,
        F1 = measure?.F1[best] ?? double.NaN,
    };

    private static double Mean(List<ClassMeasure> known, Func<ClassMeasure, double> value) => known.Count == 0 ? 0 : known.Average(value);

    /// <summary>Where the mean F1 over classes, smoothed by a moving average, is highest.</summary>
    private static int BestConfidence(List<ClassMeasure> known)
    {
        var mean = new double[Confidences];
        for (var i = 0; i < mean.Length; i++)
            mean[i] = Mean(known, measure => measure.F1[i]);
        var half = (int)Math.Round(Confidences * SmoothedShare * 2, MidpointRounding.ToEven) / 4;
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

    private sealed class ClassRecord
    {
        public int ObjectCount { get; set; }

        public ClassDetections<ushort> Detections { get; } = new();
    }

    /// <summary>Average precision a threshold; precision, recall and F1 at IoU 0.50 over a thousand confidences.</summary>
    private sealed record ClassMeasure(double[] Precisions, double[] Precision, double[] Recall, double[] F1)
    {
        public static ClassMeasure Of(ClassRecord record)
        {
            var measure = new ClassMeasure(new double[UltralyticsMatcher.IouThresholds.Length], new double[Confidences], new double[Confidences], new double[Confidences]);
            if (record.Detections.Count == 0)
                return measure;
            var (scores, matches) = record.Detections.Rank();
            var (recall, precision) = (new double[scores.Length], new double[scores.Length]);
            for (var t = measure.Precisions.Length - 1; t >= 0; t--)                      // the lowest last: its rates make the curves
            {
                var right = 0;
                for (var i = 0; i < matches.Length; i++)
                {
                    right += (matches[i] >> t) & 1;
                    (recall[i], precision[i]) = ((double)right / record.ObjectCount, right / (i + 1.0));
                }

                measure.Precisions[t] = AveragePrecision.UltralyticsMean(AveragePrecision.UltralyticsSamples(recall, precision));
            }

            measure.Sample(Array.ConvertAll(scores, score => -(double)score), recall, precision);
            return measure;
        }

        private void Sample(double[] negatedScores, double[] recall, double[] precision)
        {
            for (var i = 0; i < Confidences; i++)
            {
                var at = -(double)i / (Confidences - 1);
                Precision[i] = LinearInterpolation.At(at, negatedScores, precision, left: 1);
                Recall[i] = LinearInterpolation.At(at, negatedScores, recall, left: 0);
                F1[i] = 2 * Precision[i] * Recall[i] / (Precision[i] + Recall[i] + Epsilon);
            }
        }
    }
}
