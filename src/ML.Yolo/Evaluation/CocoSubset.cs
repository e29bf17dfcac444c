namespace ML.Yolo.Evaluation;

/// <summary>One class, one range of areas, one limit of detections: average precision and recall at each IoU threshold.</summary>
internal sealed record CocoSubset(double[] Precisions, double[] Recalls);
