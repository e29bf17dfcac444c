using System.Globalization;
using System.Text;

namespace ML.Yolo.Reports;

/// <summary>A table whose rows become small lists on a narrow screen, so that nothing is cut off.</summary>
internal static class ReportTable
{
    /// <param name="id">Its name on the page.</param>
    /// <param name="caption">What stands above it; empty for nothing.</param>
    /// <param name="columns">Headings; the first is that of the rows' heads.</param>
    /// <param name="rows">A cell per column, the first the row's head.</param>
    public static string ToHtml(string id, string caption, IReadOnlyList<string> columns, IReadOnlyList<ReportCell[]> rows)
    {
        var html = new StringBuilder();
        html.Append(CultureInfo.InvariantCulture, $"<div class=\"scroll\" tabindex=\"0\"><table id=\"{id}\" class=\"stack\">");
        if (caption.Length > 0)
            html.Append(CultureInfo.InvariantCulture, $"<caption>{caption}</caption>");
        html.Append("<thead><tr>");
        for (var i = 0; i < columns.Count; i++)
            html.Append(CultureInfo.InvariantCulture, $"<th scope=\"col\"{(IsText(rows, i) ? " class=\"text\"" : "")}>{columns[i]}</th>");
        html.Append("</tr></thead><tbody>\n");
        foreach (var row in rows)
        {
            html.Append(CultureInfo.InvariantCulture, $"<tr><th scope=\"row\">{row[0].Html}</th>");
            for (var i = 1; i < row.Length; i++)
                html.Append(Cell(row[i], columns[i]));
            html.Append("</tr>\n");
        }

        return html.Append("</tbody></table></div>\n").ToString();
    }

    private static bool IsText(IReadOnlyList<ReportCell[]> rows, int column) => rows.Count > 0 && rows[0][column].IsText;

    private static string Cell(ReportCell cell, string column)
    {
        var kinds = (cell.IsText ? "text " : "") + (cell.Share is null ? "" : "bar");
        var bar = cell.Share is { } share ? string.Create(CultureInfo.InvariantCulture, $" style=\"--share:{share:F0}%\"") : "";
        return $"<td{(kinds.Length > 0 ? $" class=\"{kinds.TrimEnd()}\"" : "")}{bar} data-label=\"{column}\">{cell.Html}</td>";
    }
}
