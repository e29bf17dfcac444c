namespace ML.Yolo.Evaluation;

/// <summary>Matches the detections of one class in one image to its ground truth, at every IoU threshold.</summary>
internal static class CocoMatcher
{
    /// <summary>COCO's thresholds: 0.50, 0.55 … 0.95.</summary>
    public static readonly double[] IouThresholds = [.. Enumerable.Range(0, 10).Select(i => 0.5 + (0.05 * i))];

    /// <summary>
    /// In the order given, each detection takes the free object it overlaps most, if by at least the threshold; of equals the later one.
    /// </summary>
    /// <param name="detections">Most confident first.</param>
    /// <param name="objects">The ground truth.</param>
    /// <returns>Per detection a bit a threshold, lowest first: whether it took an object.</returns>
    public static ushort[] Match(ReadOnlySpan<EvaluatedBox> detections, ReadOnlySpan<EvaluatedBox> objects)
    {
        var matches = new ushort[detections.Length];
        if (objects.IsEmpty)
            return matches;
        var overlaps = new double[detections.Length * objects.Length];
        for (var d = 0; d < detections.Length; d++)
        {
            for (var o = 0; o < objects.Length; o++)
                overlaps[(d * objects.Length) + o] = detections[d].Iou(objects[o]);
        }

        var isTaken = new bool[objects.Length];
        for (var t = 0; t < IouThresholds.Length; t++)
        {
            Array.Clear(isTaken);
            for (var d = 0; d < detections.Length; d++)
            {
                var best = BestFree(overlaps.AsSpan(d * objects.Length, objects.Length), isTaken, IouThresholds[t]);
                if (best < 0)
                    continue;
                isTaken[best] = true;
                matches[d] |= (ushort)(1 << t);
            }
        }

        return matches;
    }

    private static int BestFree(ReadOnlySpan<double> overlaps, bool[] isTaken, double threshold)
    {
        var best = -1;
        var highest = Math.Min(threshold, 1 - 1e-10);                                     // COCO's guard for a perfect overlap at threshold 1
        for (var o = 0; o < overlaps.Length; o++)
        {
            if (isTaken[o] || overlaps[o] < highest)
                continue;
            (highest, best) = (overlaps[o], o);
        }

        return best;
    }
}
