namespace ML.Yolo;

/// <summary>How well one class is detected. Average precisions lie in [0, 1], and are NaN where the class has no ground truth.</summary>
public sealed record ClassDetectionMetrics
{
    /// <summary>Name of the class.</summary>
    public required string ClassName { get; init; }

    /// <summary>Objects of the class.</summary>
    public required int GroundTruthCount { get; init; }

    /// <summary>Detections of the class.</summary>
    public required int DetectionCount { get; init; }

    /// <summary>Average precision at IoU 0.50.</summary>
    public required double AveragePrecision50 { get; init; }

    /// <summary>Average precision at IoU 0.75.</summary>
    public required double AveragePrecision75 { get; init; }

    /// <summary>Mean of the average precisions at IoU 0.50, 0.55 … 0.95.</summary>
    public required double AveragePrecision50_95 { get; init; }
}
