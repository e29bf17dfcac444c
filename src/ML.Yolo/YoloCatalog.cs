using ML.Yolo;
using ML.Yolo.Interop;

namespace Microsoft.ML;

/// <summary>Makes YOLO trainers.</summary>
public static class YoloCatalog
{
    /// <summary>A trainer for object detection.</summary>
    /// <param name="catalog">The catalog.</param>
    /// <param name="options">Columns, network, loss, training and scoring.</param>
    /// <exception cref="ArgumentException">An option is out of range; the message names it.</exception>
    public static YoloTrainer Yolo(this MulticlassClassificationCatalog.MulticlassClassificationTrainers catalog, YoloTrainer.Options options)
    {
        ArgumentNullException.ThrowIfNull(catalog);
        return new YoloTrainer(catalog.Environment(), options);
    }

    /// <summary>A trainer for object detection, by the arguments of ML.NET's own <c>ObjectDetection</c>.</summary>
    /// <param name="catalog">The catalog.</param>
    /// <param name="labelColumnName">Labels: a vector of keys, one per object.</param>
    /// <param name="predictedLabelColumnName">Output: labels found.</param>
    /// <param name="scoreColumnName">Output: confidences.</param>
    /// <param name="boundingBoxColumnName">Boxes: a vector of floats, four per object: x0, y0, x1, y1 in pixels.</param>
    /// <param name="predictedBoundingBoxColumnName">Output: boxes found.</param>
    /// <param name="imageColumnName">Images.</param>
    /// <param name="maxEpoch">Passes over the data.</param>
    /// <exception cref="ArgumentException">A column name is empty or <paramref name="maxEpoch"/> is below 1.</exception>
    public static YoloTrainer Yolo(
        this MulticlassClassificationCatalog.MulticlassClassificationTrainers catalog,
        string labelColumnName = "Label",
        string predictedLabelColumnName = "PredictedLabel",
        string scoreColumnName = "Score",
        string boundingBoxColumnName = "BoundingBoxes",
        string predictedBoundingBoxColumnName = "PredictedBoundingBoxes",
        string imageColumnName = "Image",
        int maxEpoch = 100)
        => catalog.Yolo(new YoloTrainer.Options
        {
            LabelColumnName = labelColumnName,
            PredictedLabelColumnName = predictedLabelColumnName,
            ScoreColumnName = scoreColumnName,
            BoundingBoxColumnName = boundingBoxColumnName,
            PredictedBoundingBoxColumnName = predictedBoundingBoxColumnName,
            ImageColumnName = imageColumnName,
            MaxEpoch = maxEpoch,
        });
}
