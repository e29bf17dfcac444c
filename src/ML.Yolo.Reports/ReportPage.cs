using System.Globalization;
using System.Net;
using System.Text;

namespace ML.Yolo.Reports;

/// <summary>Composes the page.</summary>
internal sealed class ReportPage(string title, DetectionMetrics metrics, TrainingHistory? history, ReportImages? images, YoloTransformer? model)
{
    private readonly StringBuilder _html = new();
    private readonly List<Plot> _plots = [];

    /// <summary>The plots of the page, in their order, once it is composed.</summary>
    public IReadOnlyList<Plot> Plots => _plots;

    public string ToHtml()
    {
        Head();
        _html.Append(ReportCards.ToHtml(metrics, model));
        Section("run", "Run", RunFacts.ToHtml(history, model));
        Section("summary", "Summary", SummaryTable());
        if (history is { Epochs.Count: > 0 })
            Section("training", "Training", Figures(HistoryPlots.Of(history)));
        if (model?.Insight?.FirstBatch is { } batch)
            Section("batch", "What the network saw", SeenBatch.ToHtml(batch, model.ClassNames));
        var which = MetricsPlots.WhichAreShown(metrics);
        Section("curves", "Precision, recall and F1", (which.Length > 0 ? $"<p class=\"note\">{Text(which)}</p>\n" : "") + Figures(MetricsPlots.Of(metrics)));
        Section("confusion", "Confusion", ConfusionTable.ToHtml(metrics.ConfusionMatrix));
        Section("classes", "Classes", ClassTable());
        var labels = LabelStatistics.OfTraining(model) ?? images?.Statistics;
        Section("labels", "Labels", LabelCounts.ToHtml(metrics, history) + (labels is null ? "" : Figures(LabelPlots.Of(labels))));
        foreach (var gallery in images?.Galleries.Where(gallery => gallery.Images.Any()) ?? [])
            Section(gallery.Title.ToLowerInvariant().Replace(' ', '-'), gallery.Title, GalleryHtml(gallery));
        return _html.Append("</main>\n<footer>Written by ML.Yolo. The numbers lie beside this page: metrics.json")
            .Append(history is { Epochs.Count: > 0 } ? ", and results.csv with a line per epoch" : "").Append(".</footer>\n</body>\n</html>\n").ToString();
    }

    private void Head()
    {
        _html.Append("<!DOCTYPE html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n")
            .Append("<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n<meta name=\"color-scheme\" content=\"light dark\">\n")
            .Append("<link rel=\"icon\" href=\"data:,\">\n")
            .Append(CultureInfo.InvariantCulture, $"<title>{Text(title)}</title>\n<style>\n{Style()}</style>\n</head>\n<body>\n");
        var definition = metrics.Definition == DetectionMetricDefinition.Coco ? "COCO's" : "Ultralytics'";
        _html.Append(CultureInfo.InvariantCulture, $"<header><h1>{Text(title)}</h1><p>Measured on {metrics.ImageCount} images with ")
            .Append(CultureInfo.InvariantCulture, $"{metrics.GroundTruthCount} objects, by {definition} definition; ")
            .Append(CultureInfo.InvariantCulture, $"{metrics.DetectionCount} detections of every confidence are ranked.</p></header>\n<main>\n");
    }

    private static string Style()
    {
        using var reader = new StreamReader(typeof(ReportPage).Assembly.GetManifestResourceStream("report.css")!);
        var (light, dark) = (SeriesColours.ToCss(SeriesColours.Light, SeriesColours.LightInk), SeriesColours.ToCss(SeriesColours.Dark, SeriesColours.DarkInk));
        return $":root {{ {light} }}\n@media (prefers-color-scheme: dark) {{ :root {{ {dark} }} }}\n@media print {{ :root {{ {light} }} }}\n"
            + reader.ReadToEnd();
    }

    private static string Text(string text) => WebUtility.HtmlEncode(text);

    private void Section(string id, string heading, string content)
    {
        if (content.Length > 0)
            _html.Append(CultureInfo.InvariantCulture, $"<section id=\"{id}\"><h2>{Text(heading)}</h2>\n{content}</section>\n");
    }

    private string Figures(IEnumerable<Plot> plots)
    {
        var figures = new StringBuilder();
        foreach (var plot in plots)
        {
            _plots.Add(plot);
            figures.Append(plot.ToHtml(_plots.Count));
        }

        return figures.Length == 0 ? "" : $"<div class=\"plots\">\n{figures}</div>\n";
    }

    private string SummaryTable()
    {
        var rows = new List<ReportCell[]>();
        void Row(string name, double value, string meaning) => rows.Add([ReportCell.Text(name), ReportCell.Rate(value), ReportCell.Text(meaning)]);
        Row("mAP50-95", metrics.MAP50_95, "average precision, mean over classes and overlaps (IoU) 0.50, 0.55 … 0.95; over all confidences");
        Row("mAP50", metrics.MAP50, "average precision at overlap 0.50, mean over classes; over all confidences");
        Row("mAP75", metrics.MAP75, "average precision at overlap 0.75, mean over classes; over all confidences");
        var threshold = string.Create(CultureInfo.InvariantCulture, $"at confidence {metrics.BestScoreThreshold:F3}, overlap 0.50");
        Row("precision", metrics.Precision, "share of the detections that are right, " + threshold);
        Row("recall", metrics.Recall, "share of the objects that are found, " + threshold);
        Row("F1", metrics.F1, $"their harmonic mean, the highest of all confidences, {threshold}");
        foreach (var size in metrics.BySize)
        {
            var name = size.Size.ToString().ToLowerInvariant();
            var count = FormattableString.Invariant($"of the {size.GroundTruthCount} {name} objects, overlaps 0.50 to 0.95, over all confidences");
            Row($"AP {name}", size.MAP50_95, "average precision " + count);
            Row($"AR {name}", size.AverageRecall, "average recall " + count);
        }

        foreach (var limit in metrics.ByDetectionLimit)
        {
            var detections = limit.MaxDetections == 1 ? "1 detection" : $"{limit.MaxDetections} detections";
            Row($"AR {limit.MaxDetections}", limit.AverageRecall, $"average recall with at most {detections} per image and class, overlaps 0.50 to 0.95");
        }

        return ReportTable.ToHtml("summary-table", "", ["metric", "value", "meaning"], rows);
    }

    private string ClassTable()
    {
        var rows = new List<ReportCell[]>();
        foreach (var item in metrics.PerClass.Where(item => item.GroundTruthCount > 0 || item.DetectionCount > 0))
        {
            var precision = item.DetectionCount == 0 ? double.NaN : item.Precision;
            double[] rates = [item.AveragePrecision50, item.AveragePrecision75, precision, item.Recall, item.F1];
            var share = double.IsNaN(item.AveragePrecision50_95) ? 0 : 100 * item.AveragePrecision50_95;
            rows.Add([
                ReportCell.Text(Text(item.ClassName)), ReportCell.Number(item.GroundTruthCount), ReportCell.Number(item.DetectionCount),
                ReportCell.Rate(item.AveragePrecision50_95) with { Share = share }, .. rates.Select(ReportCell.Rate),
            ]);
        }

        var caption = string.Create(CultureInfo.InvariantCulture, $"Average precisions are over all confidences; precision, recall and F1 at confidence ")
            + string.Create(CultureInfo.InvariantCulture, $"{metrics.BestScoreThreshold:F3}, overlap 0.50; detections are of every confidence.");
        return ReportTable.ToHtml("class-table", caption, ["class", "objects", "detections", "AP50-95", "AP50", "AP75", "precision", "recall", "F1"], rows);
    }

    private string GalleryHtml(Gallery gallery)
    {
        var html = new StringBuilder();
        html.Append("<p class=\"note\">Left: ground truth. Right: predictions of ")
            .Append(CultureInfo.InvariantCulture, $"confidence {images!.ScoreThreshold:F3} and above, right from overlap {images.IouThreshold:F2}. ")
            .Append("At most twelve captions per picture, mistakes first; the frames of the others tell by their colour.</p>")
            .Append("<ul class=\"legend frames\">").Append(Frame(SeriesColours.Hex(ClassColours.Right), "solid", "found, right"))
            .Append(Frame(SeriesColours.Hex(ClassColours.Missed), "dashed", "missed"))
            .Append(Frame(SeriesColours.Hex(ClassColours.FalseAlarm), "dashed", "false alarm"))
            .Append(Frame(SeriesColours.Hex(ClassColours.Confused), "dashed", "taken for another class")).Append("</ul>\n");
        foreach (var image in gallery.Images)
        {
            html.Append(CultureInfo.InvariantCulture, $"<figure class=\"pair\"><figcaption><b>{Text(image.Name)}</b> {image.Summary}</figcaption><div>")
                .Append(Picture(image.Truth, image.TruthText)).Append(Picture(image.Predicted, image.PredictedText)).Append("</div></figure>\n");
        }

        return html.ToString();
    }

    private static string Frame(string colour, string style, string name)
        => $"<li><span class=\"frame\" style=\"border-style:{style};border-color:{colour}\"></span>{name}</li>";

    private static string Picture(byte[] jpeg, string text) => $"<img alt=\"{Text(text)}\" src=\"data:image/jpeg;base64,{Convert.ToBase64String(jpeg)}\">";
}
