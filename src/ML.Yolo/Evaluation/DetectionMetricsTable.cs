using System.Globalization;
using System.Text;

namespace ML.Yolo.Evaluation;

/// <summary>Metrics as a table for people, the same in every culture.</summary>
internal static class DetectionMetricsTable
{
    public static string Format(DetectionMetrics metrics)
    {
        var text = new StringBuilder();
        text.Append(CultureInfo.InvariantCulture, $"{metrics.ImageCount} images, {metrics.GroundTruthCount} objects{Ignored(metrics)}, ");
        text.AppendLine(CultureInfo.InvariantCulture, $"{metrics.DetectionCount} detections; {metrics.Definition} definition");
        text.Append(CultureInfo.InvariantCulture, $"precision {metrics.Precision:F3}, recall {metrics.Recall:F3}, F1 {metrics.F1:F3} ");
        text.AppendLine(CultureInfo.InvariantCulture, $"at score {metrics.BestScoreThreshold:F3}");
        foreach (var size in metrics.BySize.Where(size => size.GroundTruthCount > 0))
        {
            text.Append(CultureInfo.InvariantCulture, $"{size.Size.ToString().ToLowerInvariant(),-6} objects:     ");
            text.AppendLine(CultureInfo.InvariantCulture, $"AP {size.MAP50_95:F3}, AR {size.AverageRecall:F3} ({size.GroundTruthCount} objects)");
        }

        foreach (var limit in metrics.ByDetectionLimit.Where(limit => !double.IsNaN(limit.AverageRecall)))
            text.AppendLine(CultureInfo.InvariantCulture, $"best {limit.MaxDetections,3} per image: AP {limit.MAP50_95:F3}, AR {limit.AverageRecall:F3}");
        AppendClasses(text, metrics);
        return text.ToString();
    }

    private static string Ignored(DetectionMetrics metrics)
        => metrics.IgnoredGroundTruthCount == 0 ? "" : string.Create(CultureInfo.InvariantCulture, $" ({metrics.IgnoredGroundTruthCount} ignored)");

    private static void AppendClasses(StringBuilder text, DetectionMetrics metrics)
    {
        var width = Math.Max(5, metrics.PerClass.Select(item => item.ClassName.Length).DefaultIfEmpty().Max());
        text.AppendLine(CultureInfo.InvariantCulture, $"{"class".PadRight(width)}  objects  detections   AP50   AP75  AP50-95  precision  recall     F1");
        double[] means = [metrics.MAP50, metrics.MAP75, metrics.MAP50_95, metrics.Precision, metrics.Recall, metrics.F1];
        Append("all", metrics.GroundTruthCount, metrics.DetectionCount, means);
        foreach (var item in metrics.PerClass.Where(item => item.GroundTruthCount > 0 || item.DetectionCount > 0))
        {
            // Of no detection nothing is right and nothing is wrong.
            var precision = item.DetectionCount == 0 ? double.NaN : item.Precision;
            double[] rates = [item.AveragePrecision50, item.AveragePrecision75, item.AveragePrecision50_95, precision, item.Recall, item.F1];
            Append(item.ClassName, item.GroundTruthCount, item.DetectionCount, rates);
        }

        void Append(string name, int objects, int detections, double[] rates)
        {
            text.Append(CultureInfo.InvariantCulture, $"{name.PadRight(width)}  {objects,7}  {detections,10}  {Rate(rates[0]),5}  {Rate(rates[1]),5}  ");
            text.AppendLine(CultureInfo.InvariantCulture, $"{Rate(rates[2]),7}  {Rate(rates[3]),9}  {Rate(rates[4]),6}  {Rate(rates[5]),5}");
        }
    }

    private static string Rate(double value) => double.IsNaN(value) ? "–" : value.ToString("F3", CultureInfo.InvariantCulture);
}
