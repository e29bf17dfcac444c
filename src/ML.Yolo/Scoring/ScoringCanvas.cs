namespace ML.Yolo;

/// <summary>What an image is laid on to be scored. Either way it is scaled to fit <see cref="YoloTrainer.Options.ImageSize"/>, its proportions kept.</summary>
public enum ScoringCanvas
{
    /// <summary>The smallest rectangle of whole strides that leaves half a stride free: less work than a square, and objects cut by the border are found better. What the reference validates on.</summary>
    Tight,

    /// <summary>A square: every image makes the same work, and any batch is one tensor.</summary>
    Square,
}
