namespace ML.Yolo.Losses;

/// <summary>The rule of <see cref="BestIouAssigner"/>: the IoU of the sizes, as if concentric, is above the threshold.</summary>
internal sealed class SizeIouRule(float iouThreshold) : AnchorRule
{
    public override float Limit => iouThreshold;

    public override float Closeness(float width, float height, float anchorWidth, float anchorHeight)
    {
        var overlap = Math.Min(width, anchorWidth) * Math.Min(height, anchorHeight);
        return overlap / ((width * height) + (anchorWidth * anchorHeight) - overlap);
    }
}
