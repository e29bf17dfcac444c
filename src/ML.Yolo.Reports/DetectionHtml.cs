using System.Globalization;
using System.Net;
using System.Text;
using Microsoft.ML.Data;
using ML.Yolo.Reports;
using SkiaSharp;

namespace ML.Yolo;

/// <summary>Results as pieces of HTML, for notebooks: <c>metrics.ToHtml().DisplayAs("text/html")</c>.</summary>
public static class DetectionHtml
{
    /// <summary>The means, and a line per class.</summary>
    /// <param name="metrics">The metrics.</param>
    /// <returns>A table that stands by itself; it takes the page's font and colours.</returns>
    public static string ToHtml(this DetectionMetrics metrics)
    {
        ArgumentNullException.ThrowIfNull(metrics);
        var rows = new StringBuilder();
        Append(rows, "all", metrics.GroundTruthCount, metrics.DetectionCount,
            [metrics.MAP50_95, metrics.MAP50, metrics.MAP75, metrics.Precision, metrics.Recall, metrics.F1]);
        foreach (var item in metrics.PerClass.Where(item => item.GroundTruthCount > 0 || item.DetectionCount > 0))
        {
            var precision = item.DetectionCount == 0 ? double.NaN : item.Precision;
            Append(rows, item.ClassName, item.GroundTruthCount, item.DetectionCount,
                [item.AveragePrecision50_95, item.AveragePrecision50, item.AveragePrecision75, precision, item.Recall, item.F1]);
        }

        var caption = string.Create(
            CultureInfo.InvariantCulture,
            $"{metrics.ImageCount} images, {metrics.Definition} definition; precision, recall and F1 at confidence {metrics.BestScoreThreshold:F3}.");
        return Table(caption, ["class", "objects", "detections", "AP50-95", "AP50", "AP75", "precision", "recall", "F1"], rows.ToString());
    }

    /// <summary>The epochs, a line each, and plots of losses and metrics.</summary>
    /// <param name="history">The history.</param>
    /// <returns>Figures and a table that stand by themselves.</returns>
    public static string ToHtml(this TrainingHistory history)
    {
        ArgumentNullException.ThrowIfNull(history);
        if (history.Epochs.Count == 0)
            return "<p>No epoch was completed.</p>\n";
        string[] terms = [.. history.Epochs[0].Losses.Keys];
        var rows = new StringBuilder();
        foreach (var epoch in history.Epochs)
        {
            double[] losses = [.. terms.Select(term => epoch.Losses.TryGetValue(term, out var loss) ? loss : double.NaN)];
            double[] rates = [epoch.MAP50 ?? double.NaN, epoch.MAP50_95 ?? double.NaN];
            rows.Append(CultureInfo.InvariantCulture, $"<tr><th scope=\"row\">{epoch.Epoch}</th>")
                .Append(string.Concat(losses.Select(loss => $"<td>{Number(loss, 4)}</td>").Concat(rates.Select(rate => $"<td>{Number(rate, 3)}</td>"))))
                .Append(CultureInfo.InvariantCulture, $"<td>{epoch.ImagesPerSecond:F1}</td></tr>\n");
        }

        // A notebook may be dark, and has no style sheet for the plots: they bring paper of their own.
        var plots = string.Concat(HistoryPlots.Of(history).Select((plot, i) => plot.ToHtml(i + 1)));
        return $"<section style=\"max-width:60rem;padding:0.5rem;background:#ffffff;color:#1b1f24;--grid:#d0d7de;{Colours()}\">\n{Style}{plots}</section>\n"
            + Table("", ["epoch", .. terms, "mAP50", "mAP50-95", "images/s"], rows.ToString());
    }

    /// <summary>A picture, such as <see cref="DetectionImage"/> makes, as an element that holds its pixels.</summary>
    /// <param name="picture">The picture; not changed.</param>
    /// <param name="description">What it shows, for those who do not see it.</param>
    public static string ToHtml(this MLImage picture, string description = "Detections")
    {
        ArgumentNullException.ThrowIfNull(picture);
        ArgumentNullException.ThrowIfNull(description);
        var colour = picture.PixelFormat == MLPixelFormat.Bgra32 ? SKColorType.Bgra8888 : SKColorType.Rgba8888;
        using var image = SKImage.FromPixelCopy(new SKImageInfo(picture.Width, picture.Height, colour, SKAlphaType.Unpremul), picture.Pixels);
        using var png = image.Encode(SKEncodedImageFormat.Png, quality: 100);
        return $"<img src=\"data:image/png;base64,{Convert.ToBase64String(png.Span)}\" alt=\"{WebUtility.HtmlEncode(description)}\" "
            + FormattableString.Invariant($"width=\"{picture.Width}\" height=\"{picture.Height}\" style=\"max-width:100%;height:auto\">\n");
    }

    private const string Style =
        "<style>.plot{display:inline-block;width:26rem;max-width:100%;margin:0 1rem 1rem 0}.plot figcaption{font-weight:600}"
        + ".plot .legend{display:flex;flex-wrap:wrap;gap:0.25rem 1rem;margin:0;padding:0;list-style:none}"
        + ".plot .swatch{display:inline-block;width:1.4rem;margin-right:0.4rem;border-top:0.3rem solid;vertical-align:middle}"
        + ".plot .swatch.dashed{height:0.3rem;border:0;"
        + "background:repeating-linear-gradient(to right,currentColor 0 0.4rem,transparent 0.4rem 0.6rem)}</style>\n";

    private static string Colours() => SeriesColours.ToCss(SeriesColours.Light, SeriesColours.LightInk);

    private static void Append(StringBuilder rows, string name, int objects, int detections, double[] rates)
        => rows.Append(CultureInfo.InvariantCulture, $"<tr><th scope=\"row\">{WebUtility.HtmlEncode(name)}</th><td>{objects}</td><td>{detections}</td>")
            .Append(string.Concat(rates.Select(rate => $"<td>{Number(rate, 3)}</td>"))).Append("</tr>\n");

    private static string Table(string caption, string[] columns, string rows)
    {
        var head = string.Concat(columns.Select(column => $"<th scope=\"col\">{WebUtility.HtmlEncode(column)}</th>"));
        return $"<div style=\"overflow-x:auto\"><table><caption>{caption}</caption><thead><tr>{head}</tr></thead><tbody>\n{rows}</tbody></table></div>\n";
    }

    private static string Number(double value, int digits)
        => double.IsNaN(value) ? "–" : value.ToString(string.Create(CultureInfo.InvariantCulture, $"F{digits}"), CultureInfo.InvariantCulture);
}
