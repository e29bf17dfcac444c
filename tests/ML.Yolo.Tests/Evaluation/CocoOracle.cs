namespace ML.Yolo.Tests.Evaluation;

/// <summary>COCO's metrics written straight from their definition, slowly: every number by itself, every detection ranked anew.</summary>
internal static class CocoOracle
{
    // numpy.linspace(.5, .95, 10) and linspace(0, 1, 101), as pycocotools makes them: 0.9 is a little less, and level 35 is a little more than 0.35.
    private static readonly double[] Thresholds = [0.5, 0.55, 0.6, 0.65, 0.7, 0.75, 0.8, 0.85, 0.8999999999999999, 0.95];
    private static readonly double[] RecallLevels = [.. Enumerable.Range(0, 101).Select(i => i * 0.01)];

    public static readonly (double From, double To) AnyArea = (0, 1e10);
    public static readonly (double From, double To)[] Sizes = [(0, 1024), (1024, 9216), (9216, 1e10)];

    private enum Outcome
    {
        Right,
        Wrong,
        Ignored,
    }

    public readonly record struct Box(double X0, double Y0, double X1, double Y1)
    {
        public double Area => (X1 - X0) * (Y1 - Y0);
    }

    public sealed record Object(int Class, Box Box, bool IsCrowd = false, bool IsIgnored = false, double? Area = null);

    public sealed record Detection(int Class, Box Box, double Score);

    public sealed record Image(IReadOnlyList<Object> Objects, IReadOnlyList<Detection> Detections);

    /// <summary>Average precision of a class at one threshold; null where it has no object.</summary>
    public static double? AveragePrecision(IReadOnlyList<Image> images, int label, (double, double) range, int limit, double threshold)
    {
        var objects = CountObjects(images, label, range);
        if (objects == 0)
            return null;
        var outcomes = Outcomes(images, label, range, limit, threshold);
        var points = Enumerable.Range(1, outcomes.Count)
            .Select(outcomes.Take)
            .Select(first => (Right: first.Count(outcome => outcome == Outcome.Right), Counted: first.Count(outcome => outcome != Outcome.Ignored)))
            .Select(point => (Recall: (double)point.Right / objects, Precision: point.Counted == 0 ? 0 : (double)point.Right / point.Counted))
            .ToList();
        return RecallLevels.Average(recall => points.Where(point => point.Recall >= recall).Select(point => point.Precision).DefaultIfEmpty(0).Max());
    }

    /// <summary>Mean over the classes and thresholds that have a value; null where none has.</summary>
    public static double? MeanAveragePrecision(IReadOnlyList<Image> images, int classes, (double, double) range, int limit, double? threshold = null)
    {
        var thresholds = threshold is { } one ? [one] : Thresholds;
        return Enumerable.Range(0, classes).SelectMany(label => thresholds.Select(each => AveragePrecision(images, label, range, limit, each))).Average();
    }

    /// <summary>Mean over classes and thresholds of the share of objects found.</summary>
    public static double? AverageRecall(IReadOnlyList<Image> images, int classes, (double, double) range, int limit)
        => Enumerable.Range(0, classes).SelectMany(label => Thresholds.Select(threshold => Recall(images, label, range, limit, threshold))).Average();

    public static int CountObjects(IReadOnlyList<Image> images, int label, (double, double) range)
        => images.Sum(image => image.Objects.Count(item => item.Class == label && IsLookedFor(item, range)));

    private static double? Recall(IReadOnlyList<Image> images, int label, (double, double) range, int limit, double threshold)
    {
        var right = Outcomes(images, label, range, limit, threshold).Count(outcome => outcome == Outcome.Right);
        return CountObjects(images, label, range) is > 0 and var objects ? (double)right / objects : null;
    }

    private static List<Outcome> Outcomes(IReadOnlyList<Image> images, int label, (double, double) range, int limit, double threshold)
    {
        var found = images.SelectMany(image => Match(image, label, range, threshold).Take(limit));
        return [.. found.OrderByDescending(one => one.Score).Select(one => one.Outcome)];
    }

    private static IEnumerable<(double Score, Outcome Outcome)> Match(Image image, int label, (double From, double To) range, double threshold)
    {
        var wanted = image.Objects.Where(item => item.Class == label && IsLookedFor(item, range)).ToList();
        var unwanted = image.Objects.Where(item => item.Class == label && !IsLookedFor(item, range)).ToList();
        foreach (var detection in image.Detections.Where(item => item.Class == label).OrderByDescending(item => item.Score).Take(100))
        {
            var outcome = Outcome.Wrong;
            if (Closest(wanted, detection, threshold) is { } right)
            {
                outcome = Outcome.Right;
                wanted.Remove(right);
            }
            else if (Closest(unwanted, detection, threshold) is { } excuse)
            {
                outcome = Outcome.Ignored;
                if (!excuse.IsCrowd)
                    unwanted.Remove(excuse);
            }
            else if (detection.Box.Area < range.From || detection.Box.Area > range.To)
            {
                outcome = Outcome.Ignored;
            }

            yield return (detection.Score, outcome);
        }
    }

    /// <summary>The object that overlaps most, of equals the last, if by at least the threshold.</summary>
    private static Object? Closest(List<Object> objects, Detection detection, double threshold)
        => objects.AsEnumerable().Reverse().Where(item => Overlap(item, detection.Box) >= threshold).MaxBy(item => Overlap(item, detection.Box));

    private static bool IsLookedFor(Object item, (double From, double To) range)
        => !item.IsCrowd && !item.IsIgnored && (item.Area ?? item.Box.Area) >= range.From && (item.Area ?? item.Box.Area) <= range.To;

    private static double Overlap(Object item, Box box)
    {
        var width = Math.Max(0, Math.Min(item.Box.X1, box.X1) - Math.Max(item.Box.X0, box.X0));
        var height = Math.Max(0, Math.Min(item.Box.Y1, box.Y1) - Math.Max(item.Box.Y0, box.Y0));
        var common = width * height;
        var whole = item.IsCrowd ? box.Area : box.Area + item.Box.Area - common;
        return common > 0 ? common / whole : 0;
    }
}
