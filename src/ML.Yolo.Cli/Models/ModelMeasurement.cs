using Microsoft.ML;
using ML.Yolo.Cli.Data;

namespace ML.Yolo.Cli.Models;

/// <summary>Measures a detector on labelled pictures, and writes the report.</summary>
internal static class ModelMeasurement
{
    /// <summary>Scores pictures once, for all who measure or show them: the rows are kept, the pictures are not.</summary>
    /// <param name="mlContext">The context.</param>
    /// <param name="detector">The detector.</param>
    /// <param name="rows">Rows of a loader.</param>
    public static IDataView Score(MLContext mlContext, YoloTransformer detector, IDataView rows)
        => mlContext.Data.Cache(detector.Transform(mlContext.WithImages(rows), ScoringOptions.Measuring));

    /// <summary>Measures pictures.</summary>
    /// <param name="mlContext">The context.</param>
    /// <param name="detector">The detector.</param>
    /// <param name="rows">Rows of a loader.</param>
    /// <param name="definition">Whose rules to follow.</param>
    public static DetectionMetrics Measure(MLContext mlContext, YoloTransformer detector, IDataView rows, DetectionMetricDefinition definition)
        => mlContext.MulticlassClassification.EvaluateDetections(detector, mlContext.WithImages(rows), definition: definition);

    /// <summary>Measures rows that were scored already.</summary>
    /// <param name="mlContext">The context.</param>
    /// <param name="scored">What <see cref="Score"/> gave.</param>
    /// <param name="definition">Whose rules to follow.</param>
    public static DetectionMetrics Measure(MLContext mlContext, IDataView scored, DetectionMetricDefinition definition)
        => mlContext.MulticlassClassification.EvaluateDetections(scored, definition: definition);

    /// <summary>Writes report.html into a folder.</summary>
    /// <returns>Its path.</returns>
    public static string WriteReport(MLContext mlContext, YoloTransformer detector, IDataView scored, DetectionMetrics metrics, string folder, string title)
    {
        // What was measured is shown: doubtful detections are there, and the report chooses from which confidence they count.
        var options = new DetectionReportOptions { Title = title, Model = detector };
        return DetectionReport.Write(folder, metrics, detector.History, mlContext.WithImages(scored), options);
    }
}
