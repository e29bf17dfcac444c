using Microsoft.ML.Runtime;
using ML.Yolo;
using ML.Yolo.Evaluation;
using ML.Yolo.Interop;

namespace Microsoft.ML;

/// <summary>Evaluates object detections.</summary>
public static class DetectionEvaluationCatalog
{
    /// <summary>Scores rows with <see cref="ScoringOptions.Measuring"/> and compares what is found with the ground truth. The model stays as it is.</summary>
    /// <param name="catalog">The catalog.</param>
    /// <param name="model">A <see cref="YoloTransformer"/>, or a chain of transformers with one in it.</param>
    /// <param name="data">Rows as the model takes them, with true labels and boxes. They are streamed.</param>
    /// <param name="labelColumnName">True labels: a vector of text or of keys, one per object; null: the column the detector was trained with.</param>
    /// <param name="boundingBoxColumnName">
    /// True boxes: a vector of floats, four per object: x0, y0, x1, y1 in pixels; null: the column the detector was trained with.
    /// </param>
    /// <param name="definition">Whose rules to follow: COCO's or Ultralytics'.</param>
    /// <exception cref="ArgumentException">
    /// The model holds no detector or more than one, or a column is absent or of another type; the message names it.
    /// </exception>
    /// <exception cref="FormatException">
    /// A row has not four box numbers per label, or a box is not finite or inverted; the message names row and columns.
    /// </exception>
    public static DetectionMetrics EvaluateDetections(
        this MulticlassClassificationCatalog catalog,
        ITransformer model,
        IDataView data,
        string? labelColumnName = null,
        string? boundingBoxColumnName = null,
        DetectionMetricDefinition definition = DetectionMetricDefinition.Coco)
    {
        ArgumentNullException.ThrowIfNull(model);
        ArgumentNullException.ThrowIfNull(data);
        var chain = new DetectorChain(model);
        var columns = chain.Detector.Options.Columns;
        return catalog.EvaluateDetections(chain.Transform(data, Measuring(chain)), new DetectionEvaluationOptions
        {
            LabelColumnName = labelColumnName ?? columns.Label,
            BoundingBoxColumnName = boundingBoxColumnName ?? columns.BoundingBoxes,
            PredictedLabelColumnName = columns.PredictedLabel,
            PredictedBoundingBoxColumnName = columns.PredictedBoundingBoxes,
            ScoreColumnName = columns.Score,
            Definition = definition,
        });
    }

    /// <summary>
    /// Scores rows with <see cref="ScoringOptions.Measuring"/> and compares what is found with the ground truth, with crowds, ignored objects and areas where
    /// the data has columns of them. The model stays as it is.
    /// </summary>
    /// <param name="catalog">The catalog.</param>
    /// <param name="model">A <see cref="YoloTransformer"/>, or a chain of transformers with one in it.</param>
    /// <param name="data">Rows as the model takes them, with true labels and boxes. They are streamed.</param>
    /// <param name="options">Columns and rules.</param>
    /// <exception cref="ArgumentException">
    /// The model holds no detector or more than one, or a column is absent or of another type; the message names it.
    /// </exception>
    /// <exception cref="FormatException">
    /// A row has not four box numbers or not one other value per label, or a box is not finite or inverted; the message names row and columns.
    /// </exception>
    public static DetectionMetrics EvaluateDetections(
        this MulticlassClassificationCatalog catalog, ITransformer model, IDataView data, DetectionEvaluationOptions options)
    {
        ArgumentNullException.ThrowIfNull(model);
        ArgumentNullException.ThrowIfNull(data);
        var chain = new DetectorChain(model);
        return catalog.EvaluateDetections(chain.Transform(data, Measuring(chain)), options);
    }

    /// <summary>Compares predicted boxes with the ground truth, by COCO's definition or Ultralytics'.</summary>
    /// <param name="catalog">The catalog.</param>
    /// <param name="data">
    /// Scored rows. They are streamed; images are not read unless scoring needs them. Average precision wants doubtful detections too: to measure a model,
    /// pass it and the rows it has not scored yet, or score with <see cref="ScoringOptions.Measuring"/>.
    /// </param>
    /// <param name="labelColumnName">True labels: a vector of text or of keys, one per object.</param>
    /// <param name="boundingBoxColumnName">True boxes: a vector of floats, four per object: x0, y0, x1, y1 in pixels.</param>
    /// <param name="predictedLabelColumnName">Predicted labels: a vector of text or of keys. Matched with the true ones by name.</param>
    /// <param name="predictedBoundingBoxColumnName">Predicted boxes: as the true ones.</param>
    /// <param name="scoreColumnName">Confidences: a vector of floats, one per predicted box.</param>
    /// <param name="definition">Whose rules to follow: COCO's or Ultralytics'.</param>
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
    /// <param name="data">
    /// Scored rows. They are streamed; images are not read unless scoring needs them. Average precision wants doubtful detections too: to measure a model,
    /// pass it and the rows it has not scored yet, or score with <see cref="ScoringOptions.Measuring"/>.
    /// </param>
    /// <param name="options">Columns and rules.</param>
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
        using var channel = catalog.Environment().Register(nameof(EvaluateDetections)).Start("Evaluation");
        return ScoredRowReader.Evaluate(
            data, options.ColumnNames, DetectionEvaluator.Create(options.Definition), text => channel.Warning(MessageSensitivity.Unknown, text));
    }

    /// <summary>Trains and measures a detector several times, each time on another part of the data.</summary>
    /// <param name="catalog">The catalog.</param>
    /// <param name="data">Rows as the estimator takes them, with labels and boxes.</param>
    /// <param name="estimator">A pipeline with one <see cref="YoloTrainer"/> in it. Its own validation set, if any, stays the same in each.</param>
    /// <param name="numberOfFolds">Parts of the data, at least 2. Each is measured on once, by a detector that was trained on the others.</param>
    /// <param name="labelColumnName">True labels; null: the column the detector was trained with.</param>
    /// <param name="boundingBoxColumnName">True boxes; null: the column the detector was trained with.</param>
    /// <param name="definition">Whose rules to follow: COCO's or Ultralytics'.</param>
    /// <param name="seed">Decides which row is in which part; null: the context's.</param>
    /// <returns>One result per part, in order; the caller disposes them, and with them the models.</returns>
    /// <remarks>
    /// ML.NET's own <c>CrossValidate</c> measures classes of whole images, and says nothing about boxes. With photos that resemble each other, such as
    /// frames of
    /// a film, split them by hand.
    /// </remarks>
    /// <exception cref="ArgumentException">The estimator gives a model without a detector, or with more than one.</exception>
    public static IReadOnlyList<DetectionFold> CrossValidateDetections(
        this MulticlassClassificationCatalog catalog,
        IDataView data,
        IEstimator<ITransformer> estimator,
        int numberOfFolds = 5,
        string? labelColumnName = null,
        string? boundingBoxColumnName = null,
        DetectionMetricDefinition definition = DetectionMetricDefinition.Coco,
        int? seed = null)
    {
        ArgumentNullException.ThrowIfNull(catalog);
        ArgumentNullException.ThrowIfNull(data);
        ArgumentNullException.ThrowIfNull(estimator);
        if (numberOfFolds < 2)
        {
            throw new ArgumentOutOfRangeException(
                nameof(numberOfFolds), FormattableString.Invariant($"{nameof(numberOfFolds)} is {numberOfFolds}; it must be at least 2."));
        }

        var mlContext = new MLContext(seed ?? catalog.Environment().Seed());
        var folds = new List<DetectionFold>();
        try
        {
            foreach (var split in mlContext.Data.CrossValidationSplit(data, numberOfFolds))
            {
                var model = estimator.Fit(split.TrainSet);
                var fold = new DetectionFold { Fold = folds.Count + 1, Model = model };
                folds.Add(fold);
                fold.Metrics = catalog.EvaluateDetections(model, split.TestSet, labelColumnName, boundingBoxColumnName, definition);
            }

            return folds;
        }
        catch
        {
            foreach (var fold in folds)
                fold.Dispose();
            throw;
        }
    }

    /// <summary>Images that cannot be read are handled as the model's own options say: an image without detections counts against it.</summary>
    private static ScoringOptions Measuring(DetectorChain chain)
    {
        var scoring = ScoringOptions.Measuring;
        scoring.BadImageHandling = chain.Detector.Scoring.BadImageHandling;
        return scoring;
    }
}
