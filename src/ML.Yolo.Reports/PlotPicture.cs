using OxyPlot;
using SkiaSharp;

namespace ML.Yolo.Reports;

/// <summary>Paints a plot with title and legend on white, as a picture.</summary>
internal static class PlotPicture
{
    private const float Scale = 2;
    private const float Margin = 12;
    private const float TitleHeight = 30;
    private const float LineHeight = 22;
    private const float SwatchWidth = 22;
    private const double TitleSize = 16;
    private const double TextSize = 13;

    /// <summary>A PNG of twice as many pixels as the plot has units.</summary>
    public static byte[] Paint(Plot plot, PlotModel model, double width, double height)
    {
        var full = (float)width + (2 * Margin);
        var rows = Rows(plot.Legend, full - (2 * Margin));
        var tall = TitleHeight + (float)height + (rows.Count * LineHeight) + (2 * Margin);
        using var surface = SKSurface.Create(new SKImageInfo((int)(full * Scale), (int)(tall * Scale), SKColorType.Rgba8888, SKAlphaType.Opaque));
        var canvas = surface.Canvas;
        canvas.Clear(SKColors.White);
        canvas.Scale(Scale);
        var context = new SkiaRenderContext(canvas);
        context.Text(plot.Title, Margin, Margin + (float)TitleSize, TitleSize, SeriesColours.LightInk);
        canvas.Save();
        canvas.Translate(Margin, Margin + TitleHeight);
        ((IPlotModel)model).Update(updateData: true);
        ((IPlotModel)model).Render(context, new OxyRect(0, 0, width, height));
        canvas.Restore();
        for (var row = 0; row < rows.Count; row++)
            PaintRow(context, canvas, rows[row], Margin + TitleHeight + (float)height + ((row + 0.8f) * LineHeight));
        using var image = surface.Snapshot();
        using var png = image.Encode(SKEncodedImageFormat.Png, quality: 100);
        return png.ToArray();
    }

    private static List<List<(PlotLegendEntry Entry, float Left)>> Rows(IReadOnlyList<PlotLegendEntry> legend, float width)
    {
        var rows = new List<List<(PlotLegendEntry, float)>>();
        var left = float.PositiveInfinity;
        foreach (var entry in legend)
        {
            var needed = SwatchWidth + 6 + SkiaRenderContext.TextWidth(entry.Name, TextSize) + 14;
            if (left + needed > width)
            {
                rows.Add([]);
                left = 0;
            }

            rows[^1].Add((entry, left));
            left += needed;
        }

        return rows;
    }

    private static void PaintRow(SkiaRenderContext context, SKCanvas canvas, List<(PlotLegendEntry Entry, float Left)> row, float baseLine)
    {
        foreach (var (entry, left) in row)
        {
            using var dashes = entry.IsDashed ? SKPathEffect.CreateDash([5, 3], 0) : null;
            using var line = new SKPaint { IsStroke = true, StrokeWidth = 4, PathEffect = dashes, Color = Colour(entry.Colour) };
            canvas.DrawLine(Margin + left, baseLine - 5, Margin + left + SwatchWidth, baseLine - 5, line);
            context.Text(entry.Name, Margin + left + SwatchWidth + 6, baseLine, TextSize, SeriesColours.LightInk);
        }
    }

    private static SKColor Colour(int? series) => series is { } index ? SeriesColours.Light[index] : SeriesColours.LightInk;
}
