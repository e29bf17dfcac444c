using ML.Yolo;
using ML.Yolo.Columns;
using ML.Yolo.Evaluation;

namespace Microsoft.ML;

/// <summary>Evaluates object detections.</summary>
public static class DetectionEvaluationCatalog
{
    /// <summary>Compares predicted boxes with the ground truth, by COCO's definition or Ultralytics'.</summary>
    /// <param name="catalog">The catalog.</param>
    /// <param name="data">Scored rows. They are streamed; images are not read unless scoring needs them.</param>
    /// <param name="labelColumnName">True labels: a vector of text or of keys, one an object.</param>
    /// <param name="boundingBoxColumnName">True boxes: a vector of floats, four an object: x0, y0, x1, y1 in pixels.</param>
    /// <param name="predictedLabelColumnName">Predicted labels: a vector of text or of keys. Matched with the true ones by name.</param>
    /// <param name="predictedBoundingBoxColumnName">Predicted boxes: as the true ones.</param>
    /// <param name="scoreColumnName">Confidences: a vector of floats, one a predicted box.</param>
    /// <param name="definition">Whose rules to follow: COCO's or Ultralytics'.</param>
    /// <returns>The metrics. For a meaningful mAP score with a <see cref="YoloTrainer.Options.ScoreThreshold"/> of about 0.001.</returns>
    /// <exception cref="ArgumentException">A column is absent or of another type; the message names it.</exception>
    /// <exception cref="FormatException">A row has not four box numbers a label, or not one score a prediction, or a number that is none; the message names row and columns.</exception>
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
    /// <exception cref="ArgumentException">A column is absent or of another type; the message names it.</exception>
    /// <exception cref="FormatException">A row's labels and numbers do not fit together; the message names row and columns.</exception>
    public static DetectionMetrics EvaluateDetections(this MulticlassClassificationCatalog catalog, IDataView data, DetectionEvaluationOptions options)
    {
        ArgumentNullException.ThrowIfNull(catalog);
        ArgumentNullException.ThrowIfNull(data);
        ArgumentNullException.ThrowIfNull(options);
        var columns = new EvaluationColumns(data.Schema, options);
        var evaluator = DetectionEvaluator.Create(options.Definition);
        using var cursor = data.GetRowCursor(columns.Active);
        return DetectionRowReader.Evaluate(cursor, columns, evaluator);
    }
}
