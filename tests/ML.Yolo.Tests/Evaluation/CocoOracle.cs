namespace ML.Yolo.Tests.Evaluation;

/// <summary>COCO's average precision written straight from its definition, slowly: one class, one IoU threshold, all detections ranked.</summary>
internal static class CocoOracle
{
    public readonly record struct Box(double X0, double Y0, double X1, double Y1);

    public sealed record Image(IReadOnlyList<Box> Objects, IReadOnlyList<(Box Box, double Score)> Detections);

    public static double AveragePrecision(IReadOnlyList<Image> images, double threshold)
    {
        var objects = images.Sum(image => image.Objects.Count);
        var outcomes = images.SelectMany(image => Outcomes(image, threshold)).OrderByDescending(outcome => outcome.Score).ToList();
        var points = Enumerable.Range(1, outcomes.Count)
            .Select(n => (Right: outcomes.Take(n).Count(outcome => outcome.IsRight), n))
            .Select(point => (Recall: (double)point.Right / objects, Precision: (double)point.Right / point.n))
            .ToList();
        return Enumerable.Range(0, 101)
            .Select(level => level / 100.0)
            .Average(recall => points.Where(point => point.Recall >= recall).Select(point => point.Precision).DefaultIfEmpty(0).Max());
    }

    private static IEnumerable<(double Score, bool IsRight)> Outcomes(Image image, double threshold)
    {
        var free = image.Objects.ToList();
        foreach (var (box, score) in image.Detections.OrderByDescending(detection => detection.Score).Take(100))
        {
            var candidates = free.Where(item => Iou(item, box) >= threshold).ToList();
            if (candidates.Count > 0)
                free.Remove(candidates.MaxBy(item => Iou(item, box)));
            yield return (score, candidates.Count > 0);
        }
    }

    private static double Iou(Box a, Box b)
    {
        var overlap = Math.Max(0, Math.Min(a.X1, b.X1) - Math.Max(a.X0, b.X0)) * Math.Max(0, Math.Min(a.Y1, b.Y1) - Math.Max(a.Y0, b.Y0));
        var union = ((a.X1 - a.X0) * (a.Y1 - a.Y0)) + ((b.X1 - b.X0) * (b.Y1 - b.Y0)) - overlap;
        return union > 0 ? overlap / union : 0;
    }
}
