namespace ML.Yolo.Evaluation;

/// <summary>Matches the detections of one class in one image to its ground truth by the rules of YOLOv5, at every IoU threshold.</summary>
internal static class UltralyticsMatcher
{
    /// <summary>0.50, 0.55 … 0.95 in single precision, as the reference compares them.</summary>
    public static readonly float[] IouThresholds = [.. Enumerable.Range(0, 10).Select(i => (float)(0.5 + (0.05 * i)))];

    /// <summary>
    /// Each detection stands for the one object it overlaps most, of equals the later one; each object goes to the first detection that stands for it and
    /// overlaps it by at least the threshold.
    /// </summary>
    /// <param name="detections">Most confident first.</param>
    /// <param name="objects">The ground truth.</param>
    /// <param name="matches">One bit per threshold, lowest first, for each detection: whether it took an object.</param>
    public static void Match(ReadOnlySpan<EvaluatedDetection> detections, ReadOnlySpan<EvaluatedObject> objects, Span<ushort> matches)
    {
        matches.Clear();
        if (objects.IsEmpty)
            return;
        var taken = objects.Length <= 256 ? stackalloc ushort[objects.Length] : new ushort[objects.Length];
        taken.Clear();
        for (var d = 0; d < detections.Length; d++)
        {
            var (best, overlap) = BestOverlap(detections[d].Box, objects);
            for (var t = 0; t < IouThresholds.Length && overlap >= IouThresholds[t]; t++)
            {
                if ((taken[best] & (1 << t)) == 0)
                    matches[d] |= (ushort)(1 << t);
            }

            taken[best] |= matches[d];
        }
    }

    private static (int Index, float Iou) BestOverlap(in Box box, ReadOnlySpan<EvaluatedObject> objects)
    {
        var best = (Index: 0, Iou: -1f);
        for (var o = 0; o < objects.Length; o++)
        {
            if (objects[o].Box.UltralyticsIou(box) is var iou && iou >= best.Iou)
                best = (o, iou);
        }

        return best;
    }
}
