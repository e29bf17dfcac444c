using System.Text.Json.Serialization;

namespace ML.Yolo;

/// <summary>How well one class is detected. Rates lie in [0, 1], and are NaN where the class has no ground truth.</summary>
public sealed record ClassDetectionMetrics
{
    /// <summary>Name of the class.</summary>
    public required string ClassName { get; init; }

    /// <summary>Objects of the class that are looked for.</summary>
    public required int GroundTruthCount { get; init; }

    /// <summary>Detections of the class.</summary>
    public required int DetectionCount { get; init; }

    /// <summary>Average precision at each of <see cref="DetectionMetrics.IouThresholds"/>: 0.50, 0.55 … 0.95.</summary>
    [JsonConverter(typeof(Evaluation.NumbersOrNullConverter))]
    public required IReadOnlyList<double> AveragePrecisions { get; init; }

    /// <summary>Average precision at IoU 0.50.</summary>
    [JsonConverter(typeof(Evaluation.NumberOrNullConverter))]
    public double AveragePrecision50 => AveragePrecisions[0];

    /// <summary>Average precision at IoU 0.75.</summary>
    [JsonConverter(typeof(Evaluation.NumberOrNullConverter))]
    public double AveragePrecision75 => AveragePrecisions[5];

    /// <summary>Mean of the average precisions at IoU 0.50, 0.55 … 0.95.</summary>
    [JsonConverter(typeof(Evaluation.NumberOrNullConverter))]
    public double AveragePrecision50_95 => AveragePrecisions.Average();

    /// <summary>Share of the detections at <see cref="DetectionMetrics.BestScoreThreshold"/> that are right at IoU 0.50.</summary>
    [JsonConverter(typeof(Evaluation.NumberOrNullConverter))]
    public required double Precision { get; init; }

    /// <summary>Share of the objects found at <see cref="DetectionMetrics.BestScoreThreshold"/> at IoU 0.50.</summary>
    [JsonConverter(typeof(Evaluation.NumberOrNullConverter))]
    public required double Recall { get; init; }

    /// <summary>Harmonic mean of <see cref="Precision"/> and <see cref="Recall"/>.</summary>
    [JsonConverter(typeof(Evaluation.NumberOrNullConverter))]
    public required double F1 { get; init; }
}
