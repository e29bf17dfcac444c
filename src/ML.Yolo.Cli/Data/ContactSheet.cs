using Microsoft.ML;
using Microsoft.ML.Data;
using SkiaSharp;

namespace ML.Yolo.Cli.Data;

/// <summary>The first pictures of a set with their labels, on one sheet: a look at it tells whether boxes and names are right.</summary>
internal static class ContactSheet
{
    private const int Columns = 4;
    private const int MaxPictures = 16;
    private const int Cell = 360;
    private const int Gap = 8;
    private const int Quality = 90;

    /// <summary>Writes the sheet as a JPEG.</summary>
    /// <exception cref="IOException">It cannot be written.</exception>
    public static void Write(MLContext mlContext, IDataView rows, IReadOnlyList<string> classNames, string path)
    {
        var first = mlContext.Pictures(mlContext.Data.TakeRows(rows, MaxPictures));
        var (columns, lines) = (Math.Min(Columns, first.Count), (first.Count + Columns - 1) / Columns);
        using var sheet = new SKBitmap((columns * (Cell + Gap)) + Gap, (lines * (Cell + Gap)) + Gap, SKColorType.Rgba8888, SKAlphaType.Opaque);
        using var canvas = new SKCanvas(sheet);
        canvas.Clear(SKColors.White);
        for (var i = 0; i < first.Count; i++)
            Draw(canvas, first[i], classNames, SKRect.Create(Gap + (i % Columns * (Cell + Gap)), Gap + (i / Columns * (Cell + Gap)), Cell, Cell));
        canvas.Flush();
        using var jpeg = sheet.Encode(SKEncodedImageFormat.Jpeg, Quality);
        using var file = File.Create(path);
        jpeg.SaveTo(file);
    }

    private static void Draw(SKCanvas canvas, LabelledPicture row, IReadOnlyList<string> classNames, SKRect cell)
    {
        using var image = MLImage.CreateFromFile(row.ImagePath);
        var boxes = LabeledBox.FromColumns(row.Label, row.BoundingBoxes);
        using var drawn = DetectionImage.Draw(image, boxes, new DetectionImageOptions { ClassNames = classNames, MinimumSide = Cell });
        using var picture = SKImage.FromPixelCopy(new SKImageInfo(drawn.Width, drawn.Height, SKColorType.Rgba8888, SKAlphaType.Unpremul), drawn.Pixels);
        var place = SKRect.Create(cell.Left, cell.Top, cell.Width, cell.Height).AspectFit(new SKSize(drawn.Width, drawn.Height));
        using var paint = new SKPaint { FilterQuality = SKFilterQuality.High, IsAntialias = true };
        canvas.DrawImage(picture, place, paint);
    }
}
