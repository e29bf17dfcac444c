namespace ML.Yolo.Evaluation;

/// <summary>COCO's average precision: the precision envelope sampled at 101 recall levels.</summary>
internal static class AveragePrecision
{
    private const int RecallLevels = 101;

    /// <summary>Average precision of one class at one threshold.</summary>
    /// <param name="isRight">Whether each detection is right, most confident first.</param>
    /// <param name="objectCount">Objects of the class, at least 1.</param>
    public static double Of(ReadOnlySpan<bool> isRight, int objectCount)
    {
        var precision = new double[isRight.Length];
        var recall = new double[isRight.Length];
        var found = 0;
        for (var i = 0; i < isRight.Length; i++)
        {
            found += isRight[i] ? 1 : 0;
            precision[i] = (double)found / (i + 1);
            recall[i] = (double)found / objectCount;
        }

        for (var i = isRight.Length - 2; i >= 0; i--)
            precision[i] = Math.Max(precision[i], precision[i + 1]);

        var sum = 0.0;
        var next = 0;
        for (var level = 0; level < RecallLevels; level++)
        {
            while (next < recall.Length && recall[next] < level / (RecallLevels - 1.0))
                next++;
            if (next == recall.Length)
                break;
            sum += precision[next];
        }

        return sum / RecallLevels;
    }
}
