using ML.Yolo.Losses;

namespace ML.Yolo.Training;

/// <summary>How well anchors suit the sizes of objects, by the loss's own rule of which anchor takes which object.</summary>
/// <param name="sizes">Widths and heights of the objects, pixels of the canvas.</param>
/// <param name="rule">The rule.</param>
internal sealed class AnchorFit((float Width, float Height)[] sizes, AnchorRule rule)
{
    private readonly float _limit = rule.Limit;

    /// <summary>Share of the objects that some anchor takes; 1 where there is no object.</summary>
    public double BestPossibleRecall(IReadOnlyList<(float Width, float Height)> anchors)
        => sizes.Length == 0 ? 1 : sizes.Count(size => Closeness(size, anchors) > _limit) / (double)sizes.Length;

    /// <summary>Mean closeness of the best anchor, counted only where it takes the object: what anchors are evolved for.</summary>
    public double Fitness(IReadOnlyList<(float Width, float Height)> anchors)
    {
        var sum = 0.0;
        foreach (var size in sizes)
        {
            var closeness = Closeness(size, anchors);
            sum += closeness > _limit ? closeness : 0;
        }

        return sum / Math.Max(sizes.Length, 1);
    }

    /// <summary>Closeness of the best anchor.</summary>
    private float Closeness((float Width, float Height) size, IReadOnlyList<(float Width, float Height)> anchors)
    {
        var best = 0f;
        for (var i = 0; i < anchors.Count; i++)
            best = Math.Max(best, rule.Closeness(size.Width, size.Height, anchors[i].Width, anchors[i].Height));
        return best;
    }
}
