namespace ML.Yolo.Training;

/// <summary>What a validation found.</summary>
/// <param name="Metrics">How well objects are found.</param>
/// <param name="Losses">Mean of each weighted loss term per image, by name; null where it was not computed.</param>
internal sealed record ValidationResult(DetectionMetrics Metrics, IReadOnlyDictionary<string, float>? Losses);
