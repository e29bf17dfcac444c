using System.Globalization;
using System.Net;
using System.Text.RegularExpressions;
using OxyPlot;
using OxyPlot.Annotations;
using OxyPlot.Axes;
using OxyPlot.Series;

namespace ML.Yolo.Reports;

/// <summary>A plot as SVG inside a page, whose colours are the page's, light or dark, and whose size follows the screen; or as PNG on white.</summary>
internal sealed partial class Plot
{
    private const double Width = 440;
    private const double Height = 300;

    // Text is measured without a font, and browsers draw it somewhat larger.
    private const double LeftTitleDistance = 18;
    private const double BottomTitleDistance = 8;

    // Colours that no plot would use stand for the page's; they are exchanged in the finished SVG, or painted as the light page has them.
    private static readonly OxyColor Ink = OxyColor.FromRgb(1, 1, 1);
    private static readonly OxyColor Grid = OxyColor.FromRgb(2, 2, 2);

    private readonly PlotModel _model = new()
    {
        Culture = CultureInfo.InvariantCulture,
        DefaultFont = "sans-serif",
        DefaultFontSize = 14,
        TextColor = Ink,
        PlotAreaBorderColor = Grid,
        Background = OxyColors.Transparent,
    };

    private readonly List<PlotLegendEntry> _legend = [];
    private readonly string _description;

    /// <param name="title">Heading under which it stands.</param>
    /// <param name="description">What is to be seen, for those who do not see it.</param>
    /// <param name="x">The horizontal axis.</param>
    /// <param name="y">The vertical axis.</param>
    public Plot(string title, string description, PlotAxis x, PlotAxis y)
    {
        (Title, _description) = (title, description);
        _model.Axes.Add(Axis(AxisPosition.Bottom, x));
        _model.Axes.Add(Axis(AxisPosition.Left, y));
    }

    /// <summary>Heading under which it stands.</summary>
    public string Title { get; }

    /// <summary>What the legend tells.</summary>
    public IReadOnlyList<PlotLegendEntry> Legend => _legend;

    /// <summary>A line; a strong one is black or white and thicker, and lies on top. Colours beyond the last come again, dashed.</summary>
    public Plot Line(
        string name, int colour, IEnumerable<(double X, double Y)> points, bool isStrong = false, bool isDashed = false, bool hasMarkers = false,
        bool isListed = true)
    {
        isDashed |= colour >= SeriesColours.Count;
        var series = new LineSeries
        {
            Color = isStrong ? Ink : Colour(colour),
            StrokeThickness = isStrong ? 3 : 1.8,
            LineStyle = isDashed ? LineStyle.Dash : LineStyle.Solid,
            MarkerType = hasMarkers ? MarkerType.Circle : MarkerType.None,
            MarkerSize = 2.5,
            MarkerFill = isStrong ? Ink : Colour(colour),
        };
        series.Points.AddRange(points.Where(point => double.IsFinite(point.X) && double.IsFinite(point.Y)).Select(point => new DataPoint(point.X, point.Y)));
        _model.Series.Add(series);
        if (isListed)
            _legend.Add(new PlotLegendEntry(name, isStrong ? null : colour % SeriesColours.Count, isDashed));
        return this;
    }

    /// <summary>A vertical line at a place of the horizontal axis, named in the legend.</summary>
    public Plot Mark(string name, double x)
    {
        var line = new LineAnnotation { Type = LineAnnotationType.Vertical, X = x, Color = Ink, LineStyle = LineStyle.Dot, StrokeThickness = 1.5 };
        _model.Annotations.Add(line);
        _legend.Add(new PlotLegendEntry(name, Colour: null, IsDashed: true));
        return this;
    }

    /// <summary>Points; large ones have a rim and stand out.</summary>
    public Plot Points(string name, int colour, IEnumerable<(double X, double Y)> points, bool areLarge = false)
    {
        var series = new ScatterSeries
        {
            MarkerType = areLarge ? MarkerType.Diamond : MarkerType.Circle,
            MarkerSize = areLarge ? 7 : 2,
            MarkerFill = areLarge ? Colour(colour) : OxyColor.FromAColor(110, Colour(colour)),
            MarkerStroke = areLarge ? Ink : OxyColors.Transparent,
            MarkerStrokeThickness = areLarge ? 1.5 : 0,
        };
        series.Points.AddRange(points.Select(point => new ScatterPoint(point.X, point.Y)));
        _model.Series.Add(series);
        _legend.Add(new PlotLegendEntry(name, colour, IsDashed: false));
        return this;
    }

    /// <summary>Filled rectangles of one colour, the fuller the higher their share in [0, 1].</summary>
    public Plot Cells(int colour, IEnumerable<(double X0, double Y0, double X1, double Y1, double Share)> cells)
    {
        foreach (var byOpacity in cells.Where(cell => cell.Share > 0).GroupBy(cell => (byte)Math.Clamp(30 + (225 * cell.Share), 0, 255)))
        {
            var series = new RectangleBarSeries { FillColor = OxyColor.FromAColor(byOpacity.Key, Colour(colour)), StrokeThickness = 0 };
            foreach (var (x0, y0, x1, y1, _) in byOpacity)
                series.Items.Add(new RectangleBarItem(x0, y0, x1, y1));
            _model.Series.Add(series);
        }

        return this;
    }

    /// <summary>The plot as a figure with its legend.</summary>
    /// <param name="number">Its number on the page: clips are named by it.</param>
    public string ToHtml(int number)
    {
        var svg = new SvgExporter { Width = Width, Height = Height, IsDocument = false, UseVerticalTextAlignmentWorkaround = true }.ExportToString(_model);
        svg = svg[svg.IndexOf("<svg", StringComparison.Ordinal)..];
        svg = svg[(svg.IndexOf('>', StringComparison.Ordinal) + 1)..];
        var clip = string.Create(CultureInfo.InvariantCulture, $"plot-{number}-clip-");
        svg = svg.Replace("\"clipPath", "\"" + clip, StringComparison.Ordinal).Replace("#clipPath", "#" + clip, StringComparison.Ordinal)
            .Replace("rgb(1,1,1)", "currentColor", StringComparison.Ordinal)
            .Replace("rgb(2,2,2)", "var(--grid)", StringComparison.Ordinal);
        svg = SeriesColour().Replace(svg, "var(--series-$1)");
        svg = Indentation().Replace(svg, ">");
        var (title, description) = (WebUtility.HtmlEncode(Title), WebUtility.HtmlEncode(_description));
        var view = string.Create(CultureInfo.InvariantCulture, $"0 0 {Width} {Height}");
        var head = $"<svg viewBox=\"{view}\" role=\"img\" aria-label=\"{description}\" xmlns=\"http://www.w3.org/2000/svg\">";
        return $"<figure class=\"plot\"><figcaption>{title}</figcaption>{head}<title>{description}</title>{svg}{LegendHtml()}</figure>\n";
    }

    /// <summary>The plot on white, with title and legend, as PNG.</summary>
    public byte[] ToPng() => PlotPicture.Paint(this, _model, Width, Height);

    private string LegendHtml() => _legend.Count == 0 ? "" : $"<ul class=\"legend\">{string.Concat(_legend.Select(entry => entry.ToHtml()))}</ul>";

    private static OxyColor Colour(int colour) => OxyColor.FromRgb(3, (byte)(colour % SeriesColours.Count), 7);

    private static Axis Axis(AxisPosition position, PlotAxis axis)
    {
        Axis result = axis.IsLogarithmic ? new LogarithmicAxis() : new LinearAxis();
        (result.Position, result.Title, result.Minimum, result.Maximum) = (position, axis.Title, axis.Minimum, axis.Maximum);
        (result.MajorGridlineStyle, result.MajorGridlineColor, result.TicklineColor, result.MinorTickSize) = (LineStyle.Solid, Grid, Grid, 0);
        result.AxisTitleDistance = position == AxisPosition.Left ? LeftTitleDistance : BottomTitleDistance;
        if (axis.IsInverted)
            (result.StartPosition, result.EndPosition) = (1, 0);
        return result;
    }

    [GeneratedRegex(@"rgb\(3,(\d),7\)")]
    private static partial Regex SeriesColour();

    [GeneratedRegex(@">\s*\n\s*")]
    private static partial Regex Indentation();
}
