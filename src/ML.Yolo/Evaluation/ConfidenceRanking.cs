namespace ML.Yolo.Evaluation;

/// <summary>Detections that count, most confident first, and whether they are right at IoU 0.50: what a score threshold would keep.</summary>
internal sealed class ConfidenceRanking
{
    private readonly float[] _scores;
    private readonly int[] _right;                                                       // right ones among the first i, of length one more than the scores
    private readonly int _objectCount;

    private ConfidenceRanking(float[] scores, int[] right, int objectCount) => (_scores, _right, _objectCount) = (scores, right, objectCount);

    /// <summary>The ranking of one class.</summary>
    public static ConfidenceRanking Of(float[] scores, CocoOutcome[] outcomes, int objectCount)
    {
        var bit = CocoMatcher.Bit(0, 0);
        var (kept, right) = (new List<float>(scores.Length), new List<int>(scores.Length + 1) { 0 });
        for (var i = 0; i < scores.Length; i++)
        {
            if ((outcomes[i].Ignored & bit) != 0)
                continue;
            kept.Add(scores[i]);
            right.Add(right[^1] + ((outcomes[i].Right & bit) != 0 ? 1 : 0));
        }

        return new ConfidenceRanking([.. kept], [.. right], objectCount);
    }

    /// <summary>All classes as one.</summary>
    public static ConfidenceRanking Merge(IReadOnlyList<ConfidenceRanking> classes)
    {
        var detections = new ClassDetections<bool>();
        foreach (var ranking in classes)
        {
            for (var i = 0; i < ranking._scores.Length; i++)
                detections.Add(ranking._scores[i], ranking._right[i + 1] > ranking._right[i]);
        }

        var (scores, isRight) = detections.Rank();
        var right = new int[scores.Length + 1];
        for (var i = 0; i < scores.Length; i++)
            right[i + 1] = right[i] + (isRight[i] ? 1 : 0);
        return new ConfidenceRanking(scores, right, classes.Sum(ranking => ranking._objectCount));
    }

    /// <summary>The threshold at which F1 is highest; 1 where nothing is right.</summary>
    public (double Score, double Precision, double Recall, double F1) Best()
    {
        var best = (Score: 1.0, Precision: 0.0, Recall: 0.0, F1: 0.0);
        for (var i = 0; i < _scores.Length; i++)
        {
            // A threshold keeps all detections of one score, or none.
            if (i + 1 < _scores.Length && _scores[i + 1] == _scores[i])
                continue;
            var (precision, recall, f1) = OfFirst(i + 1);
            if (f1 > best.F1)
                best = (_scores[i], precision, recall, f1);
        }

        return best;
    }

    /// <summary>The rates of detections of at least a score.</summary>
    public (double Precision, double Recall, double F1) At(double score)
    {
        var (low, high) = (0, _scores.Length);                                            // the first detection below the score lies in [low, high]
        while (low < high)
        {
            var middle = (low + high) / 2;
            if (_scores[middle] >= score)
                low = middle + 1;
            else
                high = middle;
        }

        return OfFirst(low);
    }

    public ConfidenceCurve Curve(string className) => ConfidenceCurve.Of(className, At);

    private (double Precision, double Recall, double F1) OfFirst(int count)
    {
        var right = _right[count];
        var precision = count == 0 ? 1 : (double)right / count;
        var recall = _objectCount == 0 ? 0 : (double)right / _objectCount;
        return (precision, recall, count + _objectCount == 0 ? 0 : 2.0 * right / (count + _objectCount));
    }
}
