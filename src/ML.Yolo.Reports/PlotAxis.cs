namespace ML.Yolo.Reports;

/// <summary>An axis of a plot; limits that are NaN follow the data.</summary>
internal sealed record PlotAxis(string Title, double Minimum = double.NaN, double Maximum = double.NaN, bool IsLogarithmic = false, bool IsInverted = false)
{
    /// <summary>An axis of a rate, from 0 to 1.</summary>
    public static PlotAxis Rate(string title) => new(title, 0, 1.005);
}
