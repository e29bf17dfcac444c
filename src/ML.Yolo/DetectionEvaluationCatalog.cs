using ML.Yolo;
using ML.Yolo.Evaluation;

namespace Microsoft.ML;

/// <summary>Evaluates object detections.</summary>
public static class DetectionEvaluationCatalog
{
    /// <summary>Compares predicted boxes with the ground truth, by COCO's definition or Ultralytics'.</summary>
    /// <param name="catalog">The catalog.</param>
    /// <param name="data">Scored rows. They are streamed; images are not read unless scoring needs them.</param>
    /// <param name="labelColumnName">True labels: a vector of text or of keys, one per object.</param>
    /// <param name="boundingBoxColumnName">True boxes: a vector of floats, four per object: x0, y0, x1, y1 in pixels.</param>
    /// <param name="predictedLabelColumnName">Predicted labels: a vector of text or of keys. Matched with the true ones by name.</param>
    /// <param name="predictedBoundingBoxColumnName">Predicted boxes: as the true ones.</param>
    /// <param name="scoreColumnName">Confidences: a vector of floats, one per predicted box.</param>
    /// <param name="definition">Whose rules to follow: COCO's or Ultralytics'.</param>
    /// <returns>The metrics. For a meaningful mAP score with a <see cref="YoloTrainer.Options.ScoreThreshold"/> of about 0.001.</returns>
    /// <exception cref="ArgumentOutOfRangeException">A column is absent or of another type; the message names it.</exception>
    /// <exception cref="FormatException">
    /// A row has not four box numbers per label or not one score per prediction, or a box is not finite or inverted, or a score is NaN; the message names row
    /// and columns.
    /// </exception>
    public static DetectionMetrics EvaluateDetections(
        this MulticlassClassificationCatalog catalog,
        IDataView data,
        string labelColumnName = "Label",
        string boundingBoxColumnName = "BoundingBoxes",
        string predictedLabelColumnName = "PredictedLabel",
        string predictedBoundingBoxColumnName = "PredictedBoundingBoxes",
        string scoreColumnName = "Score",
        DetectionMetricDefinition definition = DetectionMetricDefinition.Coco)
        => catalog.EvaluateDetections(data, new DetectionEvaluationOptions
        {
            LabelColumnName = labelColumnName,
            BoundingBoxColumnName = boundingBoxColumnName,
            PredictedLabelColumnName = predictedLabelColumnName,
            PredictedBoundingBoxColumnName = predictedBoundingBoxColumnName,
            ScoreColumnName = scoreColumnName,
            Definition = definition,
        });

    /// <summary>Compares predicted boxes with the ground truth, with crowds, ignored objects and areas where the data has columns of them.</summary>
    /// <param name="catalog">The catalog.</param>
    /// <param name="data">Scored rows. They are streamed; images are not read unless scoring needs them.</param>
    /// <param name="options">Columns and rules.</param>
    /// <returns>The metrics. For a meaningful mAP score with a <see cref="YoloTrainer.Options.ScoreThreshold"/> of about 0.001.</returns>
    /// <exception cref="ArgumentOutOfRangeException">A column is absent or of another type; the message names it.</exception>
    /// <exception cref="FormatException">
    /// A row has not four box numbers or not one other value per label, or a box is not finite or inverted, or a score is NaN; the message names row and
    /// columns.
    /// </exception>
    public static DetectionMetrics EvaluateDetections(this MulticlassClassificationCatalog catalog, IDataView data, DetectionEvaluationOptions options)
    {
        ArgumentNullException.ThrowIfNull(catalog);
        ArgumentNullException.ThrowIfNull(data);
        ArgumentNullException.ThrowIfNull(options);
        return ScoredRowReader.Evaluate(data, options.ColumnNames, DetectionEvaluator.Create(options.Definition));
    }
}
