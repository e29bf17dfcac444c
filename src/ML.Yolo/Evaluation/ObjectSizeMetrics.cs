using System.Text.Json.Serialization;
using ML.Yolo.Evaluation;

namespace ML.Yolo;

/// <summary>How well objects of one size are detected, at most 100 detections per image and class.</summary>
public sealed record ObjectSizeMetrics
{
    /// <summary>The size.</summary>
    public required ObjectSize Size { get; init; }

    /// <summary>Objects of that size that are looked for.</summary>
    public required int GroundTruthCount { get; init; }

    /// <summary>Mean average precision over classes and IoU 0.50, 0.55 … 0.95; NaN where no object has that size.</summary>
    [JsonConverter(typeof(NumberOrNullConverter))]
    public required double MAP50_95 { get; init; }

    /// <summary>Share of the objects found, as the mean over classes and the same overlaps; NaN where no object has that size.</summary>
    [JsonConverter(typeof(NumberOrNullConverter))]
    public required double AverageRecall { get; init; }
}
