namespace ML.Yolo.Training;

/// <summary>How well anchors suit the sizes of objects, by the assignment's own measure: the larger of the two side ratios.</summary>
/// <param name="sizes">Widths and heights of the objects, pixels of the canvas.</param>
/// <param name="threshold">The ratio at which an anchor no longer takes an object.</param>
internal sealed class AnchorFit((float Width, float Height)[] sizes, float threshold)
{
    /// <summary>Share of the objects that some anchor takes; 1 where there is no object.</summary>
    public double BestPossibleRecall(IReadOnlyList<(float Width, float Height)> anchors)
        => sizes.Length == 0 ? 1 : sizes.Count(size => Closeness(size, anchors) > 1 / threshold) / (double)sizes.Length;

    /// <summary>Mean closeness of the best anchor, counted only where it takes the object: what anchors are evolved for.</summary>
    public double Fitness(IReadOnlyList<(float Width, float Height)> anchors)
    {
        var sum = 0.0;
        foreach (var size in sizes)
        {
            var closeness = Closeness(size, anchors);
            sum += closeness > 1 / threshold ? closeness : 0;
        }

        return sum / Math.Max(sizes.Length, 1);
    }

    /// <summary>Of the best anchor the worse of width and height, smaller over larger: 1 is a perfect fit.</summary>
    private static float Closeness((float Width, float Height) size, IReadOnlyList<(float Width, float Height)> anchors)
    {
        var best = 0f;
        for (var i = 0; i < anchors.Count; i++)
        {
            var (wide, high) = (size.Width / anchors[i].Width, size.Height / anchors[i].Height);
            best = Math.Max(best, Math.Min(Math.Min(wide, 1 / wide), Math.Min(high, 1 / high)));
        }

        return best;
    }
}
