namespace ML.Yolo.Columns;

/// <summary>Names of the columns of scored data.</summary>
/// <param name="Label">True labels.</param>
/// <param name="BoundingBoxes">True boxes.</param>
/// <param name="PredictedLabel">Labels found.</param>
/// <param name="PredictedBoundingBoxes">Boxes found.</param>
/// <param name="Score">Confidences.</param>
/// <param name="Crowd">Which objects are crowds; null where none is.</param>
/// <param name="Ignored">Which objects need not be found; null where all must be.</param>
/// <param name="Area">Areas of the objects; null where they are the boxes'.</param>
internal sealed record EvaluationColumnNames(
    string Label, string BoundingBoxes, string PredictedLabel, string PredictedBoundingBoxes, string Score, string? Crowd, string? Ignored, string? Area);
