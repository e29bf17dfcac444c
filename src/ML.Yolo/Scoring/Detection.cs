namespace ML.Yolo.Scoring;

/// <summary>One object found.</summary>
/// <param name="X0">Left, pixels of the original image.</param>
/// <param name="Y0">Top, pixels of the original image.</param>
/// <param name="X1">Right, pixels of the original image.</param>
/// <param name="Y1">Bottom, pixels of the original image.</param>
/// <param name="Score">Confidence in [0, 1].</param>
/// <param name="ClassIndex">Index of the class, from 0.</param>
internal readonly record struct Detection(float X0, float Y0, float X1, float Y1, float Score, int ClassIndex);
