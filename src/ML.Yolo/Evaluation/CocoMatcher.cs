namespace ML.Yolo.Evaluation;

/// <summary>
/// Matches the detections of one class in one image to its ground truth by COCO's rules, for every range of areas and IoU threshold. Keeps its buffers from
/// call to call.
/// </summary>
internal sealed class CocoMatcher
{
    /// <summary>COCO's thresholds, 0.50, 0.55 … 0.95, by the arithmetic of pycocotools.</summary>
    public static readonly double[] IouThresholds = [.. Enumerable.Range(0, 10).Select(i => i == 9 ? 0.95 : 0.5 + (i * ((0.95 - 0.5) / 9)))];

    private const double JustBelowOne = 1 - 1e-10;                                        // a perfect overlap, rounded, still passes any threshold

    private double[] _overlaps = [];
    private int[] _order = [];
    private bool[] _isTaken = [];

    /// <summary>The bit of an outcome that belongs to a range of <see cref="CocoAreaRange.All"/> and a threshold of <see cref="IouThresholds"/>.</summary>
    public static ulong Bit(int area, int threshold) => 1UL << ((area * IouThresholds.Length) + threshold);

    /// <summary>
    /// In the order given, each detection takes the free object it overlaps most, if by at least the threshold; of equals the later one. Objects that are
    /// looked for go before all others; a crowd is never taken. Detections outside of the range of areas that find nothing are ignored.
    /// </summary>
    /// <param name="detections">Most confident first.</param>
    /// <param name="objects">The ground truth.</param>
    /// <param name="outcomes">One per detection.</param>
    public void Match(ReadOnlySpan<EvaluatedDetection> detections, ReadOnlySpan<EvaluatedObject> objects, Span<CocoOutcome> outcomes)
    {
        for (var d = 0; d < detections.Length; d++)
            outcomes[d] = new CocoOutcome(0, 0, (byte)d);
        Measure(detections, objects);
        for (var area = 0; area < CocoAreaRange.All.Length; area++)
        {
            var counted = Order(objects, CocoAreaRange.All[area]);
            for (var t = 0; t < IouThresholds.Length; t++)
                Match(detections, objects, counted, area, t, outcomes);
        }
    }

    private void Measure(ReadOnlySpan<EvaluatedDetection> detections, ReadOnlySpan<EvaluatedObject> objects)
    {
        if (_overlaps.Length < detections.Length * objects.Length)
            _overlaps = new double[2 * detections.Length * objects.Length];
        if (_order.Length < objects.Length)
            (_order, _isTaken) = (new int[2 * objects.Length], new bool[2 * objects.Length]);
        for (var d = 0; d < detections.Length; d++)
        {
            for (var o = 0; o < objects.Length; o++)
                _overlaps[(d * objects.Length) + o] = objects[o].OverlapWith(detections[d].Box);
        }
    }

    /// <summary>Lists the objects that are looked for in the range, then all others; returns how many the former are.</summary>
    private int Order(ReadOnlySpan<EvaluatedObject> objects, CocoAreaRange range)
    {
        var counted = 0;
        for (var o = 0; o < objects.Length; o++)
        {
            if (objects[o].CountsWithin(range))
                _order[counted++] = o;
        }

        for (var (o, next) = (0, counted); o < objects.Length; o++)
        {
            if (!objects[o].CountsWithin(range))
                _order[next++] = o;
        }

        return counted;
    }

    private void Match(
        ReadOnlySpan<EvaluatedDetection> detections, ReadOnlySpan<EvaluatedObject> objects, int counted, int area, int threshold, Span<CocoOutcome> outcomes)
    {
        var bit = Bit(area, threshold);
        _isTaken.AsSpan(0, objects.Length).Clear();
        for (var d = 0; d < detections.Length; d++)
        {
            var best = Best(_overlaps.AsSpan(d * objects.Length, objects.Length), counted, Math.Min(IouThresholds[threshold], JustBelowOne));
            if (best >= 0)
                _isTaken[_order[best]] = !objects[_order[best]].IsCrowd;
            if (best >= 0 && best < counted)
                outcomes[d] = outcomes[d] with { Right = outcomes[d].Right | bit };
            else if (best >= 0 || !CocoAreaRange.All[area].Contains(detections[d].Box.Area))
                outcomes[d] = outcomes[d] with { Ignored = outcomes[d].Ignored | bit };
        }
    }

    /// <summary>Place in the order of the object to take; −1 is none.</summary>
    private int Best(ReadOnlySpan<double> overlaps, int counted, double highest)
    {
        var best = -1;
        for (var place = 0; place < overlaps.Length; place++)
        {
            if (place == counted && best >= 0)
                break;
            var index = _order[place];
            if (_isTaken[index] || overlaps[index] < highest)
                continue;
            (highest, best) = (overlaps[index], place);
        }

        return best;
    }
}
