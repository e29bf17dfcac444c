using System.Text.Json.Serialization;
using ML.Yolo.Evaluation;

namespace ML.Yolo;

/// <summary>How well objects are detected where only the most confident detections of each image and class count.</summary>
public sealed record DetectionLimitMetrics
{
    /// <summary>Detections per image and class that count: 1, 10 or 100.</summary>
    public required int MaxDetections { get; init; }

    /// <summary>Mean average precision over classes and IoU 0.50, 0.55 … 0.95; NaN where there is no object.</summary>
    [JsonConverter(typeof(NumberOrNullConverter))]
    public required double MAP50_95 { get; init; }

    /// <summary>Share of the objects found, as the mean over classes and the same overlaps; NaN where there is no object.</summary>
    [JsonConverter(typeof(NumberOrNullConverter))]
    public required double AverageRecall { get; init; }
}
