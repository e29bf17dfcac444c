using System.Globalization;
using System.Net;
using System.Text;

namespace ML.Yolo.Reports;

/// <summary>Composes the page.</summary>
internal sealed class ReportPage(string title, DetectionMetrics metrics, TrainingHistory? history, ReportImages? images)
{
    private readonly StringBuilder _html = new();
    private int _plots;

    public string ToHtml()
    {
        Head();
        Cards();
        Section("summary", "Summary", SummaryTable());
        if (history is { Epochs.Count: > 0 })
            Section("training", "Training", Plots(HistoryPlots.Of(history)));
        Section("curves", "Precision, recall and F1", Plots(MetricsPlots.Of(metrics)));
        Section("confusion", "Confusion", ConfusionTable.ToHtml(metrics.ConfusionMatrix));
        Section("classes", "Classes", ClassTable());
        if (images is not null)
        {
            Section("labels", "Labels", CountTable(images.Statistics) + Plots(LabelPlots.Of(images.Statistics)));
            foreach (var gallery in images.Galleries.Where(gallery => gallery.Images.Any()))
                Section(gallery.Title.ToLowerInvariant().Replace(' ', '-'), gallery.Title, GalleryHtml(gallery));
        }

        return _html.Append("</main>\n<footer>Written by ML.Yolo.</footer>\n</body>\n</html>\n").ToString();
    }

    private void Head()
    {
        _html.Append("<!DOCTYPE html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n")
            .Append("<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n<meta name=\"color-scheme\" content=\"light dark\">\n")
            .Append("<link rel=\"icon\" href=\"data:,\">\n")
            .Append(CultureInfo.InvariantCulture, $"<title>{Text(title)}</title>\n<style>\n{Style()}</style>\n</head>\n<body>\n");
        var definition = metrics.Definition == DetectionMetricDefinition.Coco ? "COCO's" : "Ultralytics'";
        _html.Append(CultureInfo.InvariantCulture, $"<header><h1>{Text(title)}</h1><p>{metrics.ImageCount} images, {metrics.GroundTruthCount} objects, ")
            .Append(CultureInfo.InvariantCulture, $"{metrics.DetectionCount} detections, measured by {definition} definition.</p></header>\n<main>\n");
    }

    private static string Style()
    {
        using var reader = new StreamReader(typeof(ReportPage).Assembly.GetManifestResourceStream("report.css")!);
        return reader.ReadToEnd();
    }

    private static string Text(string text) => WebUtility.HtmlEncode(text);

    private static string Number(double value, int digits = 4) => double.IsNaN(value) ? "–" : value.ToString($"F{digits}", CultureInfo.InvariantCulture);

    private void Section(string id, string heading, string content)
    {
        if (content.Length > 0)
            _html.Append(CultureInfo.InvariantCulture, $"<section id=\"{id}\"><h2>{Text(heading)}</h2>\n{content}</section>\n");
    }

    private string Plots(IEnumerable<Plot> plots)
    {
        var figures = string.Concat(plots.Select(plot => plot.ToHtml(++_plots)));
        return figures.Length == 0 ? "" : $"<div class=\"plots\">\n{figures}</div>\n";
    }

    private void Cards()
    {
        (string Name, double Value)[] cards =
        [
            ("mAP50-95", metrics.MAP50_95), ("mAP50", metrics.MAP50), ("mAP75", metrics.MAP75),
            ("precision", metrics.Precision), ("recall", metrics.Recall), ("F1", metrics.F1),
        ];
        _html.Append("<dl class=\"cards\">");
        foreach (var (name, value) in cards)
            _html.Append(CultureInfo.InvariantCulture, $"<div><dt>{name}</dt><dd>{Number(value, 3)}</dd></div>");
        _html.Append("</dl>\n");
    }

    private string SummaryTable()
    {
        var rows = new StringBuilder();
        void Row(string name, double value, string meaning)
            => rows.Append(CultureInfo.InvariantCulture, $"<tr><th scope=\"row\">{name}</th><td>{Number(value)}</td><td class=\"text\">{meaning}</td></tr>\n");
        Row("mAP50-95", metrics.MAP50_95, "average precision, mean over classes and overlaps 0.50, 0.55 … 0.95");
        Row("mAP50", metrics.MAP50, "average precision at overlap 0.50, mean over classes");
        Row("mAP75", metrics.MAP75, "average precision at overlap 0.75, mean over classes");
        var threshold = string.Create(CultureInfo.InvariantCulture, $"at confidence {metrics.BestScoreThreshold:F3}, overlap 0.50");
        Row("precision", metrics.Precision, "share of the detections that are right, " + threshold);
        Row("recall", metrics.Recall, "share of the objects that are found, " + threshold);
        Row("F1", metrics.F1, "their harmonic mean, the highest of all confidences");
        foreach (var size in metrics.BySize)
        {
            var name = size.Size.ToString().ToLowerInvariant();
            var count = string.Create(CultureInfo.InvariantCulture, $"of the {size.GroundTruthCount} {name} objects");
            Row($"AP {name}", size.MAP50_95, "average precision " + count);
            Row($"AR {name}", size.AverageRecall, "average recall " + count);
        }

        foreach (var limit in metrics.ByDetectionLimit)
        {
            var detections = limit.MaxDetections == 1 ? "1 detection" : $"{limit.MaxDetections} detections";
            Row($"AR {limit.MaxDetections}", limit.AverageRecall, $"average recall with at most {detections} per image and class");
        }

        return Table("summary-table", "", ["metric", "value", "meaning"], rows.ToString());
    }

    private string ClassTable()
    {
        var rows = new StringBuilder();
        foreach (var item in metrics.PerClass.Where(item => item.GroundTruthCount > 0 || item.DetectionCount > 0).OrderByDescending(Rank))
        {
            var bar = Math.Max(100 * Rank(item), 0);
            var precision = item.DetectionCount == 0 ? double.NaN : item.Precision;
            double[] rates = [item.AveragePrecision50, item.AveragePrecision75, precision, item.Recall, item.F1];
            rows.Append(CultureInfo.InvariantCulture, $"<tr><th scope=\"row\">{Text(item.ClassName)}</th>")
                .Append(CultureInfo.InvariantCulture, $"<td>{item.GroundTruthCount}</td><td>{item.DetectionCount}</td>")
                .Append(CultureInfo.InvariantCulture, $"<td class=\"bar\" style=\"--share:{bar:F0}%\">{Number(item.AveragePrecision50_95)}</td>")
                .Append(CultureInfo.InvariantCulture, $"{string.Concat(rates.Select(rate => $"<td>{Number(rate)}</td>"))}</tr>\n");
        }

        string[] columns = ["class", "objects", "detections", "AP50-95", "AP50", "AP75", "precision", "recall", "F1"];
        return Table("class-table", "<caption>Highest average precision first.</caption>", columns, rows.ToString());

        static double Rank(ClassDetectionMetrics item) => double.IsNaN(item.AveragePrecision50_95) ? -1 : item.AveragePrecision50_95;
    }

    private string CountTable(LabelStatistics statistics)
    {
        if (statistics.Counts.Count == 0)
            return "<p>There is no object.</p>\n";
        var (max, total) = (statistics.Counts.Values.Max(), statistics.Counts.Values.Sum());
        var rows = new StringBuilder();
        foreach (var (label, count) in statistics.Counts.OrderByDescending(entry => entry.Value).ThenBy(entry => entry.Key))
        {
            var (bar, share) = (100.0 * count / max, 100.0 * count / total);
            rows.Append(CultureInfo.InvariantCulture, $"<tr><th scope=\"row\">{Text(images!.ClassNames[label])}</th>")
                .Append(CultureInfo.InvariantCulture, $"<td class=\"bar wide\" style=\"--share:{bar:F0}%\">{count}</td><td>{share:F1} %</td></tr>\n");
        }

        return Table("count-table", "", ["class", "objects", "share"], rows.ToString());
    }

    // What is text is set to the left; the other columns are numbers.
    private static string Table(string id, string caption, string[] columns, string rows)
    {
        var headings = columns.Select(column => $"<th scope=\"col\"{(column == "meaning" ? " class=\"text\"" : "")}>{column}</th>");
        return $"<div class=\"scroll\" tabindex=\"0\"><table id=\"{id}\">{caption}<thead><tr>{string.Concat(headings)}</tr></thead>"
            + $"<tbody>\n{rows}</tbody></table></div>\n";
    }

    private string GalleryHtml(Gallery gallery)
    {
        var html = new StringBuilder();
        html.Append("<p class=\"note\">Left: ground truth. Right: predictions of ")
            .Append(CultureInfo.InvariantCulture, $"confidence {images!.ScoreThreshold:F3} and above, right from overlap {images.IouThreshold:F2}.</p>")
            .Append("<ul class=\"legend frames\"><li><span class=\"frame fine\"></span>found, right</li><li><span class=\"frame missed\"></span>missed</li>")
            .Append("<li><span class=\"frame alarm\"></span>false alarm</li><li><span class=\"frame confused\"></span>taken for another class</li></ul>\n");
        foreach (var image in gallery.Images)
        {
            html.Append(CultureInfo.InvariantCulture, $"<figure class=\"pair\"><figcaption><b>{Text(image.Name)}</b> {image.Summary}</figcaption><div>")
                .Append(Picture(image.Truth, image.TruthText)).Append(Picture(image.Predicted, image.PredictedText)).Append("</div></figure>\n");
        }

        return html.ToString();
    }

    private static string Picture(byte[] jpeg, string text) => $"<img alt=\"{Text(text)}\" src=\"data:image/jpeg;base64,{Convert.ToBase64String(jpeg)}\">";
}
