using System.Globalization;
using System.Net;
using System.Text;

namespace ML.Yolo.Reports;

/// <summary>
/// A confusion matrix as two tables, shares and counts, whose cells are the fuller the larger their share. Classes come in their order, the background apart
/// and behind them.
/// </summary>
internal static class ConfusionTable
{
    private const int MaxClasses = 24;

    // Cells of so many classes are wide enough on a phone.
    private const int MaxNarrowClasses = 5;
    private const int MaxPairs = 15;

    public static string ToHtml(DetectionConfusionMatrix matrix)
    {
        var classes = matrix.NumberOfClasses;
        var shown = Enumerable.Range(0, classes).Where(label => matrix.Counts[label].Sum() + matrix.Counts.Sum(row => row[label]) > 0)
            .OrderByDescending(label => Confusions(matrix, label)).Take(MaxClasses).Order().ToList();
        var html = new StringBuilder();
        html.Append("<p class=\"note\">Rows: what it is. Columns: what it was taken for. ")
            .Append(CultureInfo.InvariantCulture, $"Both hold at confidence {matrix.ScoreThreshold:F2} and above, ")
            .Append(CultureInfo.InvariantCulture, $"overlap (IoU) {matrix.IouThreshold:F2} and above. ")
            .Append("An object taken for background was missed; background taken for an object is a false alarm.");
        if (shown.Count < classes)
            html.Append(CultureInfo.InvariantCulture, $" {shown.Count} of {classes} classes are shown: ")
                .Append("those most often confused, and none that never occurs.");
        html.Append("</p>\n");
        if (shown.Count > MaxNarrowClasses)
            html.Append(Pairs(matrix)).Append("<p class=\"note narrow-only\">The matrices are shown on wider screens.</p>\n");
        var kind = shown.Count > MaxNarrowClasses ? "confusion many" : "confusion";
        html.Append("<h3>Shares</h3><p class=\"note\">Of a class's objects, in percent; of the last row, of all detections of the class.</p>")
            .Append(Matrix(matrix, shown, kind, areShares: true))
            .Append("<h3>Counts</h3>").Append(Matrix(matrix, shown, kind, areShares: false));
        return html.ToString();
    }

    private static string Matrix(DetectionConfusionMatrix matrix, List<int> shown, string kind, bool areShares)
    {
        var background = matrix.NumberOfClasses;
        var html = new StringBuilder();
        html.Append(CultureInfo.InvariantCulture, $"<div class=\"scroll {kind}\" tabindex=\"0\"><table class=\"{kind}\"><thead>")
            .Append("<tr><th scope=\"col\">is \\ taken for</th>");
        foreach (var label in shown.Append(background))
            html.Append(CultureInfo.InvariantCulture, $"<th scope=\"col\"{Background(label)}><span>{Name(matrix, label)}</span></th>");
        html.Append("</tr></thead><tbody>");
        foreach (var actual in shown.Append(background))
        {
            html.Append(CultureInfo.InvariantCulture, $"<tr{Background(actual)}><th scope=\"row\">{Name(matrix, actual)}</th>");
            foreach (var predicted in shown.Append(background))
                html.Append(Cell(matrix, actual, predicted, areShares));
            html.Append("</tr>");
        }

        return html.Append("</tbody></table></div>\n").ToString();

        string Background(int label) => label == background ? " class=\"background\"" : "";
    }

    private static string Cell(DetectionConfusionMatrix matrix, int actual, int predicted, bool areShares)
    {
        var background = matrix.NumberOfClasses;
        if (actual == background && predicted == background)
            return "<td class=\"void background\"></td>";
        var count = matrix.Counts[actual][predicted];
        var total = actual == background ? matrix.Counts.Sum(row => row[predicted]) : matrix.Counts[actual].Sum();
        var share = (double)count / Math.Max(total, 1);
        var fill = share > 0.55 ? " full" : count == 0 ? " zero" : "";
        var kind = (actual == predicted ? "right" : "wrong") + fill + (predicted == background ? " background" : "");
        var text = areShares ? string.Create(CultureInfo.InvariantCulture, $"{100 * share:F0}") : count.ToString(CultureInfo.InvariantCulture);
        return string.Create(CultureInfo.InvariantCulture, $"<td class=\"{kind}\" style=\"--share:{100 * share:F0}%\">{text}</td>");
    }

    /// <summary>What is most often taken for what: of many classes nobody finds it in a matrix.</summary>
    private static string Pairs(DetectionConfusionMatrix matrix)
    {
        var labels = Enumerable.Range(0, matrix.NumberOfClasses);
        var pairs = labels.SelectMany(_ => labels, (actual, predicted) => (actual, predicted)).Where(pair => pair.actual != pair.predicted)
            .Select(pair => (pair.actual, pair.predicted, Count: matrix.Counts[pair.actual][pair.predicted]))
            .Where(pair => pair.Count > 0).OrderByDescending(pair => pair.Count).ThenBy(pair => pair.actual).Take(MaxPairs).ToList();
        var rows = pairs.ConvertAll(pair => new[]
        {
            ReportCell.Text(Name(matrix, pair.actual)), ReportCell.Text(Name(matrix, pair.predicted)), ReportCell.Number(pair.Count),
            ReportCell.Of(string.Create(CultureInfo.InvariantCulture, $"{100.0 * pair.Count / Math.Max(matrix.Counts[pair.actual].Sum(), 1):F0} %")),
        });
        return rows.Count == 0
            ? ""
            : ReportTable.ToHtml("confusion-list", "Most frequent confusions of two classes.", ["is", "taken for", "count", "share"], rows);
    }

    private static int Confusions(DetectionConfusionMatrix matrix, int label)
        => matrix.Counts[label].Sum() + matrix.Counts.Sum(row => row[label]) - (2 * matrix.Counts[label][label]);

    private static string Name(DetectionConfusionMatrix matrix, int label)
        => WebUtility.HtmlEncode(label < matrix.NumberOfClasses ? matrix.ClassNames[label] : DetectionConfusionMatrix.Background);
}
