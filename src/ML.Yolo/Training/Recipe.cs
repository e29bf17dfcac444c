namespace ML.Yolo;

/// <summary>Who chooses the options of the optimisation that a run leaves open.</summary>
public enum Recipe
{
    /// <summary>
    /// The length of the run: AdamW and a step per batch in short ones, where steps are scarce, the reference's own recipe in long ones. The log says what was
    /// chosen and why.
    /// </summary>
    Auto,

    /// <summary>
    /// The reference's, however short the run: a step per 64 images, weights averaged over thousands of steps; SGD at 0.01 for networks with anchors (YOLOv5
    /// v7.0). Without anchors (Ultralytics 8.3) AdamW at 0.002 · 5 / (4 + classes) up to 10,000 such steps, SGD beyond, and no mosaic in the last 10 epochs.
    /// </summary>
    Reference,
}
