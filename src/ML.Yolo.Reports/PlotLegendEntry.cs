using System.Globalization;
using System.Net;

namespace ML.Yolo.Reports;

/// <summary>What a legend says of a line or of points.</summary>
/// <param name="Name">What it is.</param>
/// <param name="Colour">Index of its colour; null is the ink.</param>
/// <param name="IsDashed">Whether its line is dashed.</param>
internal sealed record PlotLegendEntry(string Name, int? Colour, bool IsDashed)
{
    /// <summary>The entry of a list.</summary>
    public string ToHtml()
    {
        var colour = Colour is { } index ? string.Create(CultureInfo.InvariantCulture, $"var(--series-{index})") : "currentColor";
        return $"<li><span class=\"swatch{(IsDashed ? " dashed" : "")}\" style=\"color:{colour}\"></span>{WebUtility.HtmlEncode(Name)}</li>";
    }
}
