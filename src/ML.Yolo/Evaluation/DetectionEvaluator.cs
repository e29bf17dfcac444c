namespace ML.Yolo.Evaluation;

/// <summary>Takes images one by one, keeps a few bytes a detection, and gives the metrics at the end.</summary>
internal sealed class DetectionEvaluator
{
    private const int DetectionsAnImageAndClass = 100;

    private readonly List<ClassRecord> _classes = [];
    private int _images;
    private int _ignored;

    /// <summary>Counts an object whose class is unknown.</summary>
    public void Ignore() => _ignored++;

    /// <summary>Matches the detections of one image to its ground truth.</summary>
    /// <param name="objects">The ground truth: class index and box.</param>
    /// <param name="detections">What was found, in any order.</param>
    public void AddImage(IReadOnlyList<(int Class, EvaluatedBox Box)> objects, IReadOnlyList<(int Class, EvaluatedBox Box, float Score)> detections)
    {
        _images++;
        var objectsByClass = objects.ToLookup(item => item.Class, item => item.Box);
        foreach (var group in objectsByClass)
            Record(group.Key).ObjectCount += group.Count();
        foreach (var group in detections.GroupBy(item => item.Class))
        {
            var record = Record(group.Key);
            record.DetectionCount += group.Count();
            var ranked = group.OrderByDescending(item => item.Score).Take(DetectionsAnImageAndClass).ToArray();
            var matches = ImageMatcher.Match(Array.ConvertAll(ranked, item => item.Box), objectsByClass[group.Key].ToArray());
            for (var i = 0; i < ranked.Length; i++)
                record.Detections.Add((ranked[i].Score, matches[i]));
        }
    }

    /// <summary>The metrics of all images added.</summary>
    /// <param name="classNames">Names of the classes, by index; at least as many as there were indices.</param>
    public DetectionMetrics Evaluate(IReadOnlyList<string> classNames)
    {
        var perClass = classNames.Select((name, i) => Record(i).Measure(name)).ToList();
        var known = perClass.Where(metrics => metrics.GroundTruthCount > 0).ToList();
        var best = BestOperatingPoint();
        return new DetectionMetrics
        {
            MAP50 = Mean(known, metrics => metrics.AveragePrecision50),
            MAP75 = Mean(known, metrics => metrics.AveragePrecision75),
            MAP50_95 = Mean(known, metrics => metrics.AveragePrecision50_95),
            Precision = best.Precision,
            Recall = best.Recall,
            F1 = best.F1,
            BestScoreThreshold = best.Score,
            PerClass = perClass,
            ImageCount = _images,
            GroundTruthCount = _classes.Sum(record => record.ObjectCount),
            DetectionCount = _classes.Sum(record => record.DetectionCount),
            IgnoredGroundTruthCount = _ignored,
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
            var precisions = Enumerable.Repeat(double.NaN, ImageMatcher.IouThresholds.Length).ToArray();
            if (ObjectCount > 0)
            {
                var ranked = Detections.OrderByDescending(detection => detection.Score).ToArray();   // stable: of equal scores the earlier image comes first
                var isRight = new bool[ranked.Length];
                for (var t = 0; t < precisions.Length; t++)
                {
                    for (var i = 0; i < ranked.Length; i++)
                        isRight[i] = (ranked[i].Matches & (1 << t)) != 0;
                    precisions[t] = AveragePrecision.Of(isRight, ObjectCount);
                }
            }

            return new ClassDetectionMetrics
            {
                ClassName = name,
                GroundTruthCount = ObjectCount,
                DetectionCount = DetectionCount,
                AveragePrecision50 = precisions[0],
                AveragePrecision75 = precisions[5],
                AveragePrecision50_95 = precisions.Average(),
            };
        }
    }
}
