namespace ML.Yolo.Evaluation;

/// <summary>A function given by points joined with straight lines.</summary>
internal static class LinearInterpolation
{
    /// <summary>The function's value at <paramref name="x"/>: where several points share an x, that of the last.</summary>
    /// <param name="x">Where.</param>
    /// <param name="xs">The points' x, rising; at least one.</param>
    /// <param name="ys">The points' y.</param>
    /// <param name="left">The value left of the first point; right of the last it is the last y.</param>
    public static double At(double x, ReadOnlySpan<double> xs, ReadOnlySpan<double> ys, double left)
    {
        var (low, high) = (0, xs.Length);                                                 // the first point beyond x lies in [low, high]
        while (low < high)
        {
            var middle = (low + high) / 2;
            if (xs[middle] <= x)
                low = middle + 1;
            else
                high = middle;
        }

        if (low == 0)
            return left;
        if (low == xs.Length)
            return ys[^1];
        var slope = (ys[low] - ys[low - 1]) / (xs[low] - xs[low - 1]);
        return (slope * (x - xs[low - 1])) + ys[low - 1];
    }
}
