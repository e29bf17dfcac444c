namespace ML.Yolo.Evaluation;

/// <summary>One object of the ground truth.</summary>
/// <param name="Class">Index of its class.</param>
/// <param name="Box">Where it is.</param>
/// <param name="IsCrowd">
/// Whether the box surrounds many objects of the class: it is not looked for, and any number of detections may lie in it unpunished.
/// </param>
/// <param name="IsIgnored">Whether it is not looked for, and one detection may find it unpunished.</param>
/// <param name="Area">Area by which it is small, medium or large, square pixels; NaN is the box's.</param>
internal readonly record struct EvaluatedObject(int Class, Box Box, bool IsCrowd = false, bool IsIgnored = false, double Area = double.NaN)
{
    /// <summary>Whether it is looked for.</summary>
    public bool Counts => !IsCrowd && !IsIgnored;

    /// <summary>How far a detection overlaps it: the intersection over union, or for a crowd the share of the detection that lies within.</summary>
    public double OverlapWith(in Box detection) => IsCrowd ? detection.ShareWithin(Box) : detection.Iou(Box);

    /// <summary>Whether it is looked for among objects of a range of areas.</summary>
    public bool CountsWithin(CocoAreaRange range) => Counts && range.Contains(double.IsNaN(Area) ? Box.Area : Area);
}
