namespace ML.Yolo.Evaluation;

/// <summary>The metrics as pycocotools computes them.</summary>
internal sealed class CocoEvaluator : DetectionEvaluator
{
    private const int DetectionsAnImageAndClass = 100;

    private readonly List<ClassRecord> _classes = [];

    /// <inheritdoc/>
    protected override void AddClass(int label, ReadOnlySpan<EvaluatedObject> objects, ReadOnlySpan<EvaluatedDetection> detections)
    {
        var record = Record(label);
        record.ObjectCount += objects.Length;
        record.DetectionCount += detections.Length;
        var ranked = detections[..Math.Min(detections.Length, DetectionsAnImageAndClass)].ToArray();
        var matches = CocoMatcher.Match(Array.ConvertAll(ranked, item => item.Box), Array.ConvertAll(objects.ToArray(), item => item.Box));
        for (var i = 0; i < ranked.Length; i++)
            record.Detections.Add((ranked[i].Score, matches[i]));
    }

    /// <inheritdoc/>
    public override DetectionMetrics Evaluate(IReadOnlyList<string> classNames)
    {
        var perClass = classNames.Select((name, i) => Record(i).Measure(name)).ToList();
        var known = perClass.Where(metrics => metrics.GroundTruthCount > 0).ToList();
        var best = BestOperatingPoint();
        return new DetectionMetrics
        {
            Definition = DetectionMetricDefinition.Coco,
            MAP50 = Mean(known, metrics => metrics.AveragePrecision50),
            MAP75 = Mean(known, metrics => metrics.AveragePrecision75),
            MAP50_95 = Mean(known, metrics => metrics.AveragePrecision50_95),
            Precision = best.Precision,
            Recall = best.Recall,
            F1 = best.F1,
            BestScoreThreshold = best.Score,
            PerClass = perClass,
            ImageCount = ImageCount,
            GroundTruthCount = _classes.Sum(record => record.ObjectCount),
            DetectionCount = _classes.Sum(record => record.DetectionCount),
            IgnoredGroundTruthCount = IgnoredCount,
        };
    }

    private static double Mean(List<ClassDetectionMetrics> known, Func<ClassDetectionMetrics, double> value) => known.Count == 0 ? 0 : known.Average(value);

    private ClassRecord Record(int classIndex)
    {
        while (_classes.Count <= classIndex)
            _classes.Add(new ClassRecord());
        return _classes[classIndex];
    }

    private (double Precision, double Recall, double F1, double Score) BestOperatingPoint()
    {
        var ranked = _classes.SelectMany(record => record.Detections).ToArray();
        Array.Sort(ranked, (a, b) => b.Score.CompareTo(a.Score));
        var objects = _classes.Sum(record => record.ObjectCount);
        var best = (Precision: 0.0, Recall: 0.0, F1: 0.0, Score: 1.0);
        var right = 0;
        for (var i = 0; i < ranked.Length; i++)
        {
            right += ranked[i].Matches & 1;
            // A threshold keeps all detections of one score, or none.
            if (i + 1 < ranked.Length && ranked[i + 1].Score == ranked[i].Score)
                continue;
            var f1 = 2.0 * right / (i + 1 + objects);
            if (f1 > best.F1)
                best = ((double)right / (i + 1), (double)right / objects, f1, ranked[i].Score);
        }

        return best;
    }

    private sealed class ClassRecord
    {
        public int ObjectCount { get; set; }

        public int DetectionCount { get; set; }

        public List<(float Score, ushort Matches)> Detections { get; } = [];

        public ClassDetectionMetrics Measure(string name)
        {
            var precisions = Enumerable.Repeat(double.NaN, CocoMatcher.IouThresholds.Length).ToArray();
            if (ObjectCount > 0)
            {
                var ranked = Detections.OrderByDescending(detection => detection.Score).ToArray();   // stable: of equal scores the earlier image comes first
                for (var t = 0; t < precisions.Length; t++)
                {
                    var ranks = Enumerable.Range(0, ranked.Length).Where(i => (ranked[i].Matches & (1 << t)) != 0).Select(i => i + 1).ToArray();
                    precisions[t] = AveragePrecision.CocoMean(AveragePrecision.CocoSamples(ranks, ObjectCount));
                }
            }

            return new ClassDetectionMetrics
            {
                ClassName = name,
                GroundTruthCount = ObjectCount,
                DetectionCount = DetectionCount,
                AveragePrecisions = precisions,
                Precision = double.NaN,
                Recall = double.NaN,
                F1 = double.NaN,
            };
        }
    }
}
