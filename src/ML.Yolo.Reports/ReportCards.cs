using System.Globalization;
using System.Text;

namespace ML.Yolo.Reports;

/// <summary>The numbers that matter, large, each with the confidence and overlap at which it holds.</summary>
internal static class ReportCards
{
    /// <param name="metrics">The metrics.</param>
    /// <param name="model">The model measured, whose recommended threshold is shown; null shows that of the metrics.</param>
    public static string ToHtml(DetectionMetrics metrics, YoloTransformer? model)
    {
        var threshold = FormattableString.Invariant($"confidence ≥ {metrics.BestScoreThreshold:F3}, IoU 0.50");
        var (recommended, reason) = Recommended(metrics, model);
        (string Name, double Value, string Holds)[] cards =
        [
            ("mAP50-95", metrics.MAP50_95, "all confidences, IoU 0.50 to 0.95"), ("mAP50", metrics.MAP50, "all confidences, IoU 0.50"),
            ("mAP75", metrics.MAP75, "all confidences, IoU 0.75"), ("precision", metrics.Precision, threshold), ("recall", metrics.Recall, threshold),
            ("F1", metrics.F1, threshold), ("recommended threshold", recommended, reason),
        ];
        var html = new StringBuilder("<dl class=\"cards\">");
        foreach (var (name, value, holds) in cards)
        {
            var number = double.IsNaN(value) ? "–" : value.ToString("F3", CultureInfo.InvariantCulture);
            html.Append(CultureInfo.InvariantCulture, $"<div><dt>{name}</dt><dd>{number}</dd><dd class=\"holds\">{holds}</dd></div>");
        }

        return html.Append("</dl>\n").ToString();
    }

    /// <summary>The confidence from which detections should count.</summary>
    public static (double Threshold, string Reason) Recommended(DetectionMetrics metrics, YoloTransformer? model)
    {
        if (model?.Scoring.RecommendedThreshold is { } kept)
            return (kept, "confidence of the highest F1 on the validation set of the training");
        return metrics.F1 > 0 ? (metrics.BestScoreThreshold, "confidence of the highest F1 on the images measured") : (double.NaN, "nothing right was found");
    }
}
