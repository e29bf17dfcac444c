namespace ML.Yolo.Losses;

/// <summary>The rule of <see cref="AnchorRatioAssigner"/>: the worse of width and height, smaller side over larger, is above 1 / threshold.</summary>
internal sealed class SideRatioRule(float anchorThreshold) : AnchorRule
{
    public override float Limit => 1 / anchorThreshold;

    public override float Closeness(float width, float height, float anchorWidth, float anchorHeight)
    {
        var (wide, high) = (width / anchorWidth, height / anchorHeight);
        return Math.Min(Math.Min(wide, 1 / wide), Math.Min(high, 1 / high));
    }
}
