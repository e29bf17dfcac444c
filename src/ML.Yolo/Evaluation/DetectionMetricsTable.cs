using System.Globalization;
using System.Text;

namespace ML.Yolo.Evaluation;

/// <summary>Metrics as a table for people, the same in every culture.</summary>
internal static class DetectionMetricsTable
{
    public static string Format(DetectionMetrics metrics)
    {
        var text = new StringBuilder();
        text.AppendLine(CultureInfo.InvariantCulture, $"{metrics.ImageCount} images, {metrics.GroundTruthCount} objects{Ignored(metrics)}, {metrics.DetectionCount} detections; {metrics.Definition} definition");
        text.AppendLine(CultureInfo.InvariantCulture, $"precision {metrics.Precision:F3}, recall {metrics.Recall:F3}, F1 {metrics.F1:F3} at score {metrics.BestScoreThreshold:F3}");
        foreach (var size in metrics.BySize.Where(size => size.GroundTruthCount > 0))
            text.AppendLine(CultureInfo.InvariantCulture, $"{size.Size.ToString().ToLowerInvariant(),-6} objects:      AP {size.MAP50_95:F3}, AR {size.AverageRecall:F3} ({size.GroundTruthCount} objects)");
        foreach (var limit in metrics.ByDetectionLimit.Where(limit => !double.IsNaN(limit.AverageRecall)))
            text.AppendLine(CultureInfo.InvariantCulture, $"best {limit.MaxDetections,3} an image: AP {limit.MAP50_95:F3}, AR {limit.AverageRecall:F3}");
        AppendClasses(text, metrics);
        return text.ToString();
    }

    private static string Ignored(DetectionMetrics metrics)
        => metrics.IgnoredGroundTruthCount == 0 ? "" : string.Create(CultureInfo.InvariantCulture, $" ({metrics.IgnoredGroundTruthCount} ignored)");

    private static void AppendClasses(StringBuilder text, DetectionMetrics metrics)
    {
        var width = Math.Max(5, metrics.PerClass.Select(item => item.ClassName.Length).DefaultIfEmpty().Max());
        text.AppendLine(CultureInfo.InvariantCulture, $"{"class".PadRight(width)}  objects  detections   AP50   AP75  AP50-95  precision  recall     F1");
        text.AppendLine(CultureInfo.InvariantCulture, $"{"all".PadRight(width)}  {metrics.GroundTruthCount,7}  {metrics.DetectionCount,10}  {metrics.MAP50,5:F3}  {metrics.MAP75,5:F3}  {metrics.MAP50_95,7:F3}  {metrics.Precision,9:F3}  {metrics.Recall,6:F3}  {metrics.F1,5:F3}");
        foreach (var item in metrics.PerClass.Where(item => item.GroundTruthCount > 0 || item.DetectionCount > 0))
            text.AppendLine(CultureInfo.InvariantCulture, $"{item.ClassName.PadRight(width)}  {item.GroundTruthCount,7}  {item.DetectionCount,10}  {item.AveragePrecision50,5:F3}  {item.AveragePrecision75,5:F3}  {item.AveragePrecision50_95,7:F3}  {item.Precision,9:F3}  {item.Recall,6:F3}  {item.F1,5:F3}");
    }
}
