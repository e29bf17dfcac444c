using ML.Yolo.Evaluation;

namespace ML.Yolo.Reports;

/// <summary>What of an image was found, missed, confused or made up.</summary>
internal sealed class ImageVerdict
{
    private ImageVerdict(EvaluatedObject[] objects, EvaluatedDetection[] detections, int[] objectOf)
    {
        (Objects, Detections, ObjectOf) = (objects, detections, objectOf);
        DetectionOf = [.. Enumerable.Repeat(-1, objects.Length)];
        for (var d = 0; d < detections.Length; d++)
        {
            if (objectOf[d] >= 0)
                DetectionOf[objectOf[d]] = d;
        }

        Right = Enumerable.Range(0, detections.Length).Count(IsRight);
        Confused = objectOf.Count(match => match >= 0) - Right;
        FalseAlarms = objectOf.Count(match => match == ConfusionMatcher.Unmatched);
        Missed = Enumerable.Range(0, objects.Length).Count(IsMissed);
    }

    public EvaluatedObject[] Objects { get; }

    /// <summary>Detections of at least the threshold, most confident first.</summary>
    public EvaluatedDetection[] Detections { get; }

    /// <summary>Per detection its object, or one of <see cref="ConfusionMatcher"/>'s reasons for none.</summary>
    public int[] ObjectOf { get; }

    /// <summary>Per object its detection; −1 is none.</summary>
    public int[] DetectionOf { get; }

    public int Right { get; }

    public int Confused { get; }

    public int FalseAlarms { get; }

    public int Missed { get; }

    public int Errors => Confused + FalseAlarms + Missed;

    public double F1 => Right + Errors == 0 ? 1 : 2.0 * Right / ((2 * Right) + (2 * Confused) + FalseAlarms + Missed);

    public static ImageVerdict Of(
        ReadOnlySpan<EvaluatedObject> objects, ReadOnlySpan<EvaluatedDetection> detections, double scoreThreshold, double iouThreshold)
    {
        var atLeast = detections.ToArray().Where(detection => detection.Score >= scoreThreshold);
        EvaluatedDetection[] confident = [.. atLeast.OrderByDescending(detection => detection.Score)];
        return new ImageVerdict(objects.ToArray(), confident, ConfusionMatcher.Match(objects, confident, scoreThreshold, iouThreshold));
    }

    public bool IsRight(int detection) => ObjectOf[detection] >= 0 && Objects[ObjectOf[detection]].Class == Detections[detection].Class;

    public bool IsMissed(int item) => Objects[item].Counts && DetectionOf[item] < 0;
}
