using System.Globalization;
using System.Net;
using System.Text;

namespace ML.Yolo.Reports;

/// <summary>A confusion matrix as a table whose cells are the fuller the larger their share of the row.</summary>
internal static class ConfusionTable
{
    private const int MaxClasses = 24;

    public static string ToHtml(DetectionConfusionMatrix matrix)
    {
        var (classes, background) = (matrix.NumberOfClasses, matrix.NumberOfClasses);
        var shown = Enumerable.Range(0, classes).Where(label => matrix.Counts[label].Sum() + matrix.Counts.Sum(row => row[label]) > 0)
            .OrderByDescending(label => Confusions(matrix, label)).Take(MaxClasses).Order().Append(background).ToList();
        var html = new StringBuilder();
        if (shown.Count - 1 < classes)
        {
            html.Append(CultureInfo.InvariantCulture, $"<p class=\"note\">{shown.Count - 1} of {classes} classes are shown: ")
                .Append("those most often confused, and none that never occurs.</p>");
        }

        html.Append("<p class=\"note\">Rows: what it is. Columns: what it was taken for. ")
            .Append(CultureInfo.InvariantCulture, $"Confidence from {matrix.ScoreThreshold:F2}, overlap (IoU) from {matrix.IouThreshold:F2}; ")
            .Append("an object taken for background was missed, background taken for an object is a false alarm.</p>")
            .Append("<div class=\"scroll\" tabindex=\"0\"><table class=\"confusion\"><thead><tr><th scope=\"col\">is \\ taken for</th>");
        foreach (var label in shown)
            html.Append(CultureInfo.InvariantCulture, $"<th scope=\"col\">{Name(matrix, label)}</th>");
        html.Append("</tr></thead><tbody>");
        foreach (var actual in shown)
        {
            var total = Math.Max(matrix.Counts[actual].Sum(), 1);
            html.Append(CultureInfo.InvariantCulture, $"<tr><th scope=\"row\">{Name(matrix, actual)}</th>");
            foreach (var predicted in shown)
            {
                var count = matrix.Counts[actual][predicted];
                html.Append(Cell(count, (double)count / total, actual == predicted, isVoid: actual == background && predicted == background));
            }

            html.Append("</tr>");
        }

        return html.Append("</tbody></table></div>\n").ToString();
    }

    private static int Confusions(DetectionConfusionMatrix matrix, int label)
        => matrix.Counts[label].Sum() + matrix.Counts.Sum(row => row[label]) - (2 * matrix.Counts[label][label]);

    private static string Name(DetectionConfusionMatrix matrix, int label)
        => WebUtility.HtmlEncode(label < matrix.NumberOfClasses ? matrix.ClassNames[label] : DetectionConfusionMatrix.Background);

    private static string Cell(int count, double share, bool isRight, bool isVoid)
    {
        if (isVoid)
            return "<td class=\"void\"></td>";
        var kind = (isRight ? "right" : "wrong") + (share > 0.75 ? " full" : count == 0 ? " zero" : "");
        return string.Create(CultureInfo.InvariantCulture, $"<td class=\"{kind}\" style=\"--share:{100 * share:F0}%\">{count}</td>");
    }
}
