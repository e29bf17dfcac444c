namespace ML.Yolo.Evaluation;

/// <summary>One object found.</summary>
/// <param name="Class">Index of its class.</param>
/// <param name="Box">Where it is.</param>
/// <param name="Score">Confidence, any number but NaN.</param>
internal readonly record struct EvaluatedDetection(int Class, Box Box, float Score);
