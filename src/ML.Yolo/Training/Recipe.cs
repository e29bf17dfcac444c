namespace ML.Yolo;

/// <summary>Who chooses the options of the optimisation that a run leaves open.</summary>
public enum Recipe
{
    /// <summary>
    /// The length of the run: AdamW and a step per batch in short ones, where steps are scarce, the reference's own recipe in long ones. The log says what was
    /// chosen and why.
    /// </summary>
    Auto,

    /// <summary>YOLOv5 v7.0, however short the run: SGD at 0.01, a step per 64 images, weights averaged over thousands of steps.</summary>
    Reference,
}
