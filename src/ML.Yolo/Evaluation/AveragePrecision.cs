namespace ML.Yolo.Evaluation;

/// <summary>Precision sampled at 101 recall levels, and its mean, by either definition.</summary>
internal static class AveragePrecision
{
    /// <summary>The levels 0, 0.01 … 1.</summary>
    public static readonly double[] RecallLevels = [.. Enumerable.Range(0, 101).Select(i => i == 100 ? 1 : i * 0.01)];

    /// <summary>COCO's samples: at each level the best precision reached at that recall or beyond, 0 beyond the last.</summary>
    /// <param name="ranks">Of each right detection, most confident first, how many that count there are down to it, itself included.</param>
    /// <param name="objectCount">Objects of the class, at least 1.</param>
    public static double[] CocoSamples(ReadOnlySpan<int> ranks, int objectCount)
    {
        var envelope = new double[ranks.Length];
        for (var i = envelope.Length - 1; i >= 0; i--)
            envelope[i] = Math.Max((i + 1.0) / ranks[i], i + 1 < envelope.Length ? envelope[i + 1] : 0);

        var samples = new double[RecallLevels.Length];
        var next = 0;
        for (var level = 0; level < samples.Length; level++)
        {
            while (next < envelope.Length && (next + 1.0) / objectCount < RecallLevels[level])
                next++;
            if (next == envelope.Length)
                break;
            samples[level] = envelope[next];
        }

        return samples;
    }

    /// <summary>COCO's average precision: the mean of the samples.</summary>
    public static double CocoMean(ReadOnlySpan<double> samples) => Sum(samples) / samples.Length;

    /// <summary>Ultralytics' samples: the envelope of the points (recall, precision) between (0, 1) and (1, 0), joined by lines.</summary>
    /// <param name="recall">After each detection, most confident first.</param>
    /// <param name="precision">Likewise.</param>
    public static double[] UltralyticsSamples(ReadOnlySpan<double> recall, ReadOnlySpan<double> precision)
    {
        double[] xs = [0, .. recall, 1];
        double[] ys = [1, .. precision, 0];
        for (var i = ys.Length - 2; i >= 0; i--)
            ys[i] = Math.Max(ys[i], ys[i + 1]);
        return Array.ConvertAll(RecallLevels, level => LinearInterpolation.At(level, xs, ys, left: ys[0]));
    }

    /// <summary>Ultralytics' average precision: the area under the samples, by trapezoids.</summary>
    public static double UltralyticsMean(ReadOnlySpan<double> samples) => (Sum(samples) - ((samples[0] + samples[^1]) / 2)) / (samples.Length - 1);

    private static double Sum(ReadOnlySpan<double> samples)
    {
        var sum = 0.0;
        foreach (var sample in samples)
            sum += sample;
        return sum;
    }
}
