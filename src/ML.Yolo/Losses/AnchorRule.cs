namespace ML.Yolo.Losses;

/// <summary>Which anchors take an object of a size: an assigner's rule in plain numbers, for measuring anchors before training.</summary>
internal abstract class AnchorRule
{
    /// <summary>An anchor takes the objects whose closeness to it is above this.</summary>
    public abstract float Limit { get; }

    /// <summary>How alike an object and an anchor are, in [0, 1]: 1 is the same size.</summary>
    /// <param name="width">Width of the object, in any unit.</param>
    /// <param name="height">Height of the object, in the same unit.</param>
    /// <param name="anchorWidth">Width of the anchor, in the same unit.</param>
    /// <param name="anchorHeight">Height of the anchor, in the same unit.</param>
    public abstract float Closeness(float width, float height, float anchorWidth, float anchorHeight);
}
