using OxyPlot;
using SkiaSharp;

namespace ML.Yolo.Reports;

/// <summary>Draws what OxyPlot asks for on a canvas, in the colours of the light page.</summary>
/// <param name="canvas">Where to; not owned.</param>
internal sealed class SkiaRenderContext(SKCanvas canvas) : ClippingRenderContext
{
    private static readonly SKColor Grid = new(0xD0, 0xD7, 0xDE);

    /// <inheritdoc/>
    public override void DrawLine(
        IList<ScreenPoint> points, OxyColor stroke, double thickness, EdgeRenderingMode edgeRenderingMode, double[]? dashArray, LineJoin lineJoin)
    {
        if (points.Count < 2 || stroke.IsInvisible())
            return;
        using var path = Path(points, isClosed: false);
        using var dashes = Dashes(dashArray, thickness);
        using var paint = Stroke(stroke, thickness);
        paint.PathEffect = dashes;
        canvas.DrawPath(path, paint);
    }

    /// <inheritdoc/>
    public override void DrawPolygon(
        IList<ScreenPoint> points, OxyColor fill, OxyColor stroke, double thickness, EdgeRenderingMode edgeRenderingMode, double[]? dashArray,
        LineJoin lineJoin)
    {
        using var path = Path(points, isClosed: true);
        Paint(fill, stroke, thickness, paint => canvas.DrawPath(path, paint));
    }

    /// <inheritdoc/>
    public override void DrawEllipse(OxyRect rect, OxyColor fill, OxyColor stroke, double thickness, EdgeRenderingMode edgeRenderingMode)
        => Paint(fill, stroke, thickness, paint => canvas.DrawOval(Rectangle(rect), paint));

    /// <inheritdoc/>
    public override void DrawRectangle(OxyRect rect, OxyColor fill, OxyColor stroke, double thickness, EdgeRenderingMode edgeRenderingMode)
        => Paint(fill, stroke, thickness, paint => canvas.DrawRect(Rectangle(rect), paint));

    /// <inheritdoc/>
    public override void DrawText(
        ScreenPoint p, string? text, OxyColor fill, string? fontFamily, double fontSize, double fontWeight, double rotation,
        HorizontalAlignment horizontalAlignment,
        VerticalAlignment verticalAlignment, OxySize? maxSize)
    {
        if (string.IsNullOrEmpty(text))
            return;
        var (width, height) = (TextWidth(text, fontSize), CapHeight(fontSize));
        canvas.Save();
        canvas.Translate((float)p.X, (float)p.Y);
        canvas.RotateDegrees((float)rotation);
        var left = horizontalAlignment switch { HorizontalAlignment.Left => 0, HorizontalAlignment.Right => -width, _ => -width / 2 };
        var baseLine = verticalAlignment switch { VerticalAlignment.Top => height * 1.35f, VerticalAlignment.Bottom => -height * 0.35f, _ => height / 2 };
        Text(text, left, baseLine, fontSize, Colour(fill));
        canvas.Restore();
    }

    /// <inheritdoc/>
    public override OxySize MeasureText(string? text, string? fontFamily, double fontSize, double fontWeight)
        => string.IsNullOrEmpty(text) ? OxySize.Empty : new OxySize(TextWidth(text, fontSize), CapHeight(fontSize) * 1.7);

    /// <summary>Width of a text.</summary>
    public static float TextWidth(string text, double size)
    {
        using var label = new LabelText(CapHeight(size));
        return label.Width(text);
    }

    /// <summary>Draws a text from a point of its base line.</summary>
    public void Text(string text, float left, float baseLine, double size, SKColor colour)
    {
        using var label = new LabelText(CapHeight(size));
        label.DrawPlain(canvas, text, new SKPoint(left, baseLine), colour);
    }

    /// <inheritdoc/>
    protected override void SetClip(OxyRect clippingRectangle)
    {
        canvas.Save();
        canvas.ClipRect(Rectangle(clippingRectangle));
    }

    /// <inheritdoc/>
    protected override void ResetClip() => canvas.Restore();

    private static float CapHeight(double fontSize) => (float)fontSize * 0.7f;

    /// <summary>The colours that stand for the page's, as the light page has them.</summary>
    private static SKColor Colour(OxyColor colour)
    {
        var plain = colour switch
        {
            { R: 1, G: 1, B: 1 } => SeriesColours.LightInk,
            { R: 2, G: 2, B: 2 } => Grid,
            { R: 3, B: 7 } => SeriesColours.Light[colour.G],
            _ => new SKColor(colour.R, colour.G, colour.B),
        };
        return plain.WithAlpha(colour.A);
    }

    private static void Paint(OxyColor fill, OxyColor stroke, double thickness, Action<SKPaint> draw)
    {
        if (fill.IsVisible())
        {
            using var paint = new SKPaint { Color = Colour(fill), IsAntialias = true };
            draw(paint);
        }

        if (stroke.IsInvisible() || thickness <= 0)
            return;
        using var line = Stroke(stroke, thickness);
        draw(line);
    }

    private static SKPaint Stroke(OxyColor colour, double thickness)
        => new() { IsStroke = true, IsAntialias = true, Color = Colour(colour), StrokeWidth = (float)thickness, StrokeJoin = SKStrokeJoin.Round };

    private static SKPathEffect? Dashes(double[]? dashArray, double thickness)
        => dashArray is { Length: > 1 } && dashArray.Length % 2 == 0
            ? SKPathEffect.CreateDash(Array.ConvertAll(dashArray, length => (float)(length * thickness)), 0)
            : null;

    private static SKPath Path(IList<ScreenPoint> points, bool isClosed)
    {
        var path = new SKPath();
        path.AddPoly([.. points.Select(point => new SKPoint((float)point.X, (float)point.Y))], isClosed);
        return path;
    }

    private static SKRect Rectangle(OxyRect rect) => new((float)rect.Left, (float)rect.Top, (float)rect.Right, (float)rect.Bottom);
}
