using System.Globalization;
using System.Net;

namespace ML.Yolo.Reports;

/// <summary>How many objects of each class were learned and measured, in the order of the classes.</summary>
internal static class LabelCounts
{
    public static string ToHtml(DetectionMetrics metrics, TrainingHistory? history)
    {
        var trained = history?.Run?.ObjectCounts;
        var measured = metrics.PerClass.ToDictionary(item => item.ClassName, item => item.GroundTruthCount);
        string[] names = [.. (trained?.Keys ?? []).Concat(measured.Keys).Distinct(StringComparer.Ordinal)];
        var max = Math.Max((trained ?? measured).Values.DefaultIfEmpty(0).Max(), 1);
        var rows = names.Select(name =>
        {
            var known = (trained ?? measured).GetValueOrDefault(name);
            var number = ReportCell.Number(known) with { Share = 100.0 * known / max };
            ReportCell[] row = [ReportCell.Text(WebUtility.HtmlEncode(name)), number, Share(known, (trained ?? measured).Values.Sum())];
            return trained is null ? row : [.. row, ReportCell.Number(measured.GetValueOrDefault(name))];
        }).ToList();
        if (rows.Count == 0)
            return "<p>There is no object.</p>\n";
        var whose = trained is null
            ? "Labels of the images measured: those of the training are not known here."
            : "Labels of the training images, and beside them of the images measured.";
        string[] columns = trained is null ? ["class", "measured objects", "share"] : ["class", "training objects", "share", "measured objects"];
        return ReportTable.ToHtml("count-table", whose, columns, rows);
    }

    private static ReportCell Share(int count, int total)
        => ReportCell.Of(string.Create(CultureInfo.InvariantCulture, $"{100.0 * count / Math.Max(total, 1):F1} %"));
}
