namespace ML.Yolo.Columns;

/// <summary>Names of the columns of a detector: what it reads while training and scoring, and what it adds.</summary>
/// <param name="Image">Images.</param>
/// <param name="Label">True labels.</param>
/// <param name="BoundingBoxes">True boxes.</param>
/// <param name="PredictedLabel">Labels found.</param>
/// <param name="PredictedBoundingBoxes">Boxes found.</param>
/// <param name="Score">Confidences.</param>
internal sealed record DetectionColumnNames(
    string Image, string Label, string BoundingBoxes, string PredictedLabel, string PredictedBoundingBoxes, string Score);
