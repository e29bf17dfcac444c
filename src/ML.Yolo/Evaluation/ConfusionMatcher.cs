namespace ML.Yolo.Evaluation;

/// <summary>Pairs the detections of one image with its objects whatever their classes: the closest pairs first.</summary>
internal static class ConfusionMatcher
{
    /// <summary>The detection found nothing.</summary>
    public const int Unmatched = -1;

    /// <summary>The detection found something that is not looked for, or lies in a crowd.</summary>
    public const int Ignored = -2;

    /// <param name="objects">The ground truth.</param>
    /// <param name="detections">What was found, in any order.</param>
    /// <param name="scoreThreshold">Detections of less are left out: they count as ignored.</param>
    /// <param name="iouThreshold">Least overlap of a pair.</param>
    /// <returns>Per detection the index of its object, <see cref="Unmatched"/> or <see cref="Ignored"/>.</returns>
    public static int[] Match(ReadOnlySpan<EvaluatedObject> objects, ReadOnlySpan<EvaluatedDetection> detections, double scoreThreshold, double iouThreshold)
    {
        var matches = new int[detections.Length];
        var pairs = new List<Pair>();
        for (var d = 0; d < detections.Length; d++)
        {
            matches[d] = detections[d].Score >= scoreThreshold ? Unmatched : Ignored;
            for (var o = 0; matches[d] == Unmatched && o < objects.Length; o++)
            {
                if (objects[o].Counts && objects[o].OverlapWith(detections[d].Box) is var overlap && overlap >= iouThreshold)
                    pairs.Add(new Pair(overlap, objects[o].Class == detections[d].Class, detections[d].Score, d, o));
            }
        }

        pairs.Sort();
        var isTaken = new bool[objects.Length];
        foreach (var pair in pairs)
        {
            if (matches[pair.Detection] != Unmatched || isTaken[pair.Object])
                continue;
            (matches[pair.Detection], isTaken[pair.Object]) = (pair.Object, true);
        }

        for (var d = 0; d < matches.Length; d++)
        {
            if (matches[d] == Unmatched && IsExcused(detections[d].Box, objects, iouThreshold))
                matches[d] = Ignored;
        }

        return matches;
    }

    private static bool IsExcused(in Box box, ReadOnlySpan<EvaluatedObject> objects, double iouThreshold)
    {
        foreach (var item in objects)
        {
            if (!item.Counts && item.OverlapWith(box) >= iouThreshold)
                return true;
        }

        return false;
    }

    /// <summary>Ordered by overlap; of equals the pair of one class comes first, then the more confident detection.</summary>
    private readonly record struct Pair(double Overlap, bool IsSameClass, float Score, int Detection, int Object) : IComparable<Pair>
    {
        public int CompareTo(Pair other)
        {
            var order = other.Overlap.CompareTo(Overlap);
            if (order == 0)
                order = other.IsSameClass.CompareTo(IsSameClass);
            if (order == 0)
                order = other.Score.CompareTo(Score);
            if (order == 0)
                order = Detection.CompareTo(other.Detection);
            return order != 0 ? order : Object.CompareTo(other.Object);
        }
    }
}
