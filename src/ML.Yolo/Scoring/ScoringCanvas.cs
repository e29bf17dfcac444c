namespace ML.Yolo;

/// <summary>What an image is laid on to be scored. Either way it is scaled to fit <see cref="YoloTransformer.ImageSize"/>, its proportions kept.</summary>
public enum ScoringCanvas
{
    /// <summary>
    /// The smallest rectangle of whole strides: less work than a square. It leaves half a stride free, as the reference does, so that objects cut by the
    /// border are found better; unless the network was trained without mosaics and movement, and so never saw what lies around an image.
    /// </summary>
    Tight,

    /// <summary>A square: every image makes the same work, and any batch is one tensor.</summary>
    Square,
}
