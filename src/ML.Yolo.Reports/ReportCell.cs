using System.Globalization;

namespace ML.Yolo.Reports;

/// <summary>A cell of a table.</summary>
/// <param name="Html">What it shows.</param>
/// <param name="IsText">Whether it is text, which is set to the left; numbers are set to the right.</param>
/// <param name="Share">How far a bar fills it, in percent; null has none.</param>
internal sealed record ReportCell(string Html, bool IsText = false, double? Share = null)
{
    /// <summary>A cell of a number that is text already.</summary>
    public static ReportCell Of(string number) => new(number);

    /// <summary>A cell of text.</summary>
    public static ReportCell Text(string html) => new(html, IsText: true);

    /// <summary>A cell of a whole number.</summary>
    public static ReportCell Number(int number) => new(number.ToString(CultureInfo.InvariantCulture));

    /// <summary>A cell of a rate; what does not exist is a dash.</summary>
    public static ReportCell Rate(double value) => new(double.IsNaN(value) ? "–" : value.ToString("F4", CultureInfo.InvariantCulture));
}
