using System.Globalization;
using System.Net;
using System.Text;
using ML.Yolo.Training;
using SkiaSharp;

namespace ML.Yolo.Reports;

/// <summary>The first batch as the network saw it, drawn: the check of labels and augmentation.</summary>
internal static class SeenBatch
{
    private const int Side = 320;
    private const int JpegQuality = 80;
    private const int MaxCaptions = 12;
    private const int Columns = 4;
    private const int Gap = 8;

    /// <param name="batch">The batch.</param>
    /// <param name="classNames">Names by class index.</param>
    public static string ToHtml(FirstBatch batch, IReadOnlyList<string> classNames)
    {
        var html = new StringBuilder();
        html.Append(CultureInfo.InvariantCulture, $"<p class=\"note\">The first {batch.Images.Count} images of the first batch of epoch {batch.Epoch}, ")
            .Append("as the network saw ")
            .Append("them, with the boxes it was to learn: resized, augmented, letterboxed. If a box is not where its object is, the labels are wrong.</p>\n")
            .Append(Legend(classNames)).Append("<div class=\"batch\">\n");
        foreach (var image in batch.Images)
        {
            var counts = image.Objects.CountBy(item => classNames[item.Class]).Select(pair => $"{pair.Value} {pair.Key}");
            var text = $"A training image with {string.Join(", ", counts.DefaultIfEmpty("no object"))}";
            var picture = Convert.ToBase64String(Draw(image, classNames));
            html.Append(CultureInfo.InvariantCulture, $"<img alt=\"{WebUtility.HtmlEncode(text)}\" src=\"data:image/jpeg;base64,{picture}\">\n");
        }

        return html.Append("</div>\n").ToString();
    }

    private static string Legend(IReadOnlyList<string> classNames)
    {
        if (classNames.Count > ClassColours.All.Count)
            return "<p class=\"note\">There are more classes than colours, which come again: captions tell them apart.</p>\n";
        var entries = classNames.Select((name, i) =>
            $"<li><span class=\"frame\" style=\"border-style:solid;border-color:{SeriesColours.Hex(ClassColours.Of(i))}\"></span>"
            + $"{WebUtility.HtmlEncode(name)}</li>");
        return $"<ul class=\"legend frames\">{string.Concat(entries)}</ul>\n";
    }

    /// <summary>Writes the images as one JPEG.</summary>
    public static void Write(Stream stream, FirstBatch batch, IReadOnlyList<string> classNames)
    {
        var (columns, lines) = (Math.Min(Columns, batch.Images.Count), (batch.Images.Count + Columns - 1) / Columns);
        using var sheet = new SKBitmap((columns * (Side + Gap)) + Gap, (lines * (Side + Gap)) + Gap, SKColorType.Rgba8888, SKAlphaType.Opaque);
        using var canvas = new SKCanvas(sheet);
        canvas.Clear(SKColors.White);
        for (var i = 0; i < batch.Images.Count; i++)
        {
            using var picture = Paint(batch.Images[i], classNames);
            canvas.DrawImage(picture, Gap + (i % Columns * (Side + Gap)), Gap + (i / Columns * (Side + Gap)));
        }

        canvas.Flush();
        using var data = sheet.Encode(SKEncodedImageFormat.Jpeg, JpegQuality);
        data.SaveTo(stream);
    }

    private static byte[] Draw(SeenImage image, IReadOnlyList<string> classNames)
    {
        using var picture = Paint(image, classNames);
        using var data = picture.Encode(SKEncodedImageFormat.Jpeg, JpegQuality);
        return data.ToArray();
    }

    private static SKImage Paint(SeenImage image, IReadOnlyList<string> classNames)
    {
        using var seen = SKImage.FromEncodedData(image.Jpeg);
        var boxes = image.Objects.OrderByDescending(item => item.Box.Area)
            .Select(item => new PaintedBox(item.Box, classNames[item.Class], ClassColours.Of(item.Class)));
        return BoxPainter.Paint(seen, [.. boxes], Side / (float)Math.Max(image.Width, image.Height), MaxCaptions);
    }
}
