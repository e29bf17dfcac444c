using System.Text.Json.Serialization;
using ML.Yolo.Evaluation;

namespace ML.Yolo;

/// <summary>How well detections agree with the ground truth.</summary>
/// <remarks>
/// <see cref="Definition"/> says whose rules were followed. Classes without ground truth have no average precision and are left out of the means.
/// All rates lie in [0, 1]; means over no class at all are 0.
/// </remarks>
public sealed class DetectionMetrics
{
    [JsonConstructor]
    internal DetectionMetrics()
    {
    }

    /// <summary>The overlaps at which average precision is measured: 0.50, 0.55 … 0.95.</summary>
    public static IReadOnlyList<double> IouThresholds { get; } = [0.5, 0.55, 0.6, 0.65, 0.7, 0.75, 0.8, 0.85, 0.9, 0.95];

    /// <summary>Whose rules the numbers follow.</summary>
    public required DetectionMetricDefinition Definition { get; init; }

    /// <summary>Mean over classes of the average precision at IoU 0.50.</summary>
    public required double MAP50 { get; init; }

    /// <summary>Mean over classes of the average precision at IoU 0.75.</summary>
    public required double MAP75 { get; init; }

    /// <summary>Mean over classes and over the IoU thresholds 0.50, 0.55 … 0.95.</summary>
    public required double MAP50_95 { get; init; }

    /// <summary>
    /// Share of the detections at <see cref="BestScoreThreshold"/> that are right at IoU 0.50: by COCO's definition over all classes together, by
    /// Ultralytics' the mean over classes.
    /// </summary>
    public required double Precision { get; init; }

    /// <summary>
    /// Share of the objects found at <see cref="BestScoreThreshold"/> at IoU 0.50, of all classes together or as the mean over classes likewise.
    /// </summary>
    public required double Recall { get; init; }

    /// <summary>
    /// Harmonic mean of precision and recall, the highest that any one score threshold reaches: of all classes together, or by Ultralytics' definition as the
    /// mean over classes.
    /// </summary>
    public required double F1 { get; init; }

    /// <summary>The score threshold at which F1 is highest; by COCO's definition 1 where nothing right was detected.</summary>
    public required double BestScoreThreshold { get; init; }

    /// <summary>Small, medium and large objects by themselves; empty by Ultralytics' definition, which knows no sizes.</summary>
    public IReadOnlyList<ObjectSizeMetrics> BySize { get; init; } = [];

    /// <summary>The 1, 10 and 100 most confident detections of each image and class; empty by Ultralytics' definition, which knows no limit.</summary>
    public IReadOnlyList<DetectionLimitMetrics> ByDetectionLimit { get; init; } = [];

    /// <summary>Each class by itself, in the order of the class names.</summary>
    public required IReadOnlyList<ClassDetectionMetrics> PerClass { get; init; }

    /// <summary>Precision over recall at IoU 0.50, for each class that has ground truth.</summary>
    public required IReadOnlyList<PrecisionRecallCurve> PrecisionRecallCurves { get; init; }

    /// <summary>Precision, recall and F1 over confidence at IoU 0.50, for each class that has ground truth.</summary>
    public required IReadOnlyList<ConfidenceCurve> ConfidenceCurves { get; init; }

    /// <summary>
    /// The same for all classes: together by COCO's definition, as the mean over classes by Ultralytics'. Its highest F1 is <see cref="F1"/>, up to the
    /// spacing of its points.
    /// </summary>
    public required ConfidenceCurve OverallConfidenceCurve { get; init; }

    /// <summary>What each class was taken for.</summary>
    public required DetectionConfusionMatrix ConfusionMatrix { get; init; }

    /// <summary>Number of images.</summary>
    public required int ImageCount { get; init; }

    /// <summary>Number of objects.</summary>
    public required int GroundTruthCount { get; init; }

    /// <summary>Number of detections.</summary>
    public required int DetectionCount { get; init; }

    /// <summary>Objects left out because their label is missing, such as a class that the label's key type does not know.</summary>
    public int IgnoredGroundTruthCount { get; init; }

    /// <summary>A table for people: the means, sizes and limits where the definition has them, then one line per class.</summary>
    public override string ToString() => DetectionMetricsTable.Format(this);
}
