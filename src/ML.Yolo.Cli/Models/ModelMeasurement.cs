using Microsoft.ML;
using ML.Yolo.Cli.Data;

namespace ML.Yolo.Cli.Models;

/// <summary>Measures a detector on labelled pictures, and writes the report.</summary>
internal static class ModelMeasurement
{
    /// <summary>Measures.</summary>
    /// <param name="mlContext">The context.</param>
    /// <param name="detector">The detector.</param>
    /// <param name="rows">Rows of a loader.</param>
    /// <param name="definition">Whose rules to follow.</param>
    public static DetectionMetrics Measure(MLContext mlContext, YoloTransformer detector, IDataView rows, DetectionMetricDefinition definition)
        => mlContext.MulticlassClassification.EvaluateDetections(detector, mlContext.WithImages(rows), definition: definition);

    /// <summary>Writes report.html into a folder.</summary>
    /// <returns>Its path.</returns>
    public static string WriteReport(MLContext mlContext, YoloTransformer detector, IDataView rows, DetectionMetrics metrics, string folder, string title)
    {
        // What was measured is shown: doubtful detections are there, and the report chooses from which confidence they count.
        var scored = detector.Transform(mlContext.WithImages(rows), ScoringOptions.Measuring);
        return DetectionReport.Write(folder, metrics, detector.History, scored, new DetectionReportOptions { Title = title, Model = detector });
    }
}
