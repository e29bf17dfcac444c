using System.Globalization;
using Microsoft.ML.Data;
using ML.Yolo.Evaluation;
using SkiaSharp;

namespace ML.Yolo.Reports;

/// <summary>Draws an image twice: what is on it, and what was found.</summary>
internal static class GalleryPainter
{
    private const float LongerSide = 560;
    private const int JpegQuality = 84;

    private static readonly SKColor Fine = ClassColours.SkyBlue;
    private static readonly SKColor Missed = ClassColours.Vermilion;
    private static readonly SKColor FalseAlarm = ClassColours.Purple;
    private static readonly SKColor Confused = ClassColours.Yellow;
    private static readonly SKColor Aside = new(0xBB, 0xBB, 0xBB);

    public static GalleryImage Paint(MLImage image, string name, ImageVerdict verdict, IReadOnlyList<string> classNames)
    {
        var truth = MistakesFirst(verdict.Objects.Length, item => Truth(verdict, item, classNames));
        var predicted = MistakesFirst(verdict.Detections.Length, item => Predicted(verdict, item, classNames));
        var summary = $"{verdict.Right} right, {verdict.Missed} missed, {verdict.FalseAlarms} false alarms, {verdict.Confused} confused";
        return new GalleryImage(
            name, summary, Jpeg(image, truth), Jpeg(image, predicted), $"Ground truth of {name}: {List(truth)}", $"Predictions on {name}: {List(predicted)}");
    }

    private static List<PaintedBox> MistakesFirst(int count, Func<int, PaintedBox> paint)
        => [.. Enumerable.Range(0, count).Select(paint).OrderByDescending(box => box.Colour != Fine)];

    private static PaintedBox Truth(ImageVerdict verdict, int item, IReadOnlyList<string> classNames)
    {
        var known = verdict.Objects[item];
        var name = classNames[known.Class];
        if (!known.Counts)
            return new PaintedBox(known.Box, $"{name} (not counted)", Aside, IsDashed: true);
        if (verdict.IsMissed(item))
            return new PaintedBox(known.Box, $"missed: {name}", Missed, IsDashed: true);
        var found = verdict.DetectionOf[item];
        return verdict.IsRight(found)
            ? new PaintedBox(known.Box, name, Fine)
            : new PaintedBox(known.Box, $"{name}, taken for {classNames[verdict.Detections[found].Class]}", Confused, IsDashed: true);
    }

    private static PaintedBox Predicted(ImageVerdict verdict, int item, IReadOnlyList<string> classNames)
    {
        var found = verdict.Detections[item];
        var name = string.Create(CultureInfo.InvariantCulture, $"{classNames[found.Class]} {found.Score:F2}");
        return verdict.ObjectOf[item] switch
        {
            ConfusionMatcher.Ignored => new PaintedBox(found.Box, $"{name} (not counted)", Aside, IsDashed: true),
            ConfusionMatcher.Unmatched => new PaintedBox(found.Box, $"false alarm: {name}", FalseAlarm, IsDashed: true),
            _ when verdict.IsRight(item) => new PaintedBox(found.Box, name, Fine),
            var match => new PaintedBox(found.Box, $"{name}, is {classNames[verdict.Objects[match].Class]}", Confused, IsDashed: true),
        };
    }

    private static string List(List<PaintedBox> boxes) => boxes.Count == 0 ? "nothing" : string.Join("; ", boxes.Select(box => box.Label));

    private static byte[] Jpeg(MLImage image, IReadOnlyList<PaintedBox> boxes)
    {
        using var picture = BoxPainter.Paint(image, boxes, LongerSide / Math.Max(image.Width, image.Height));
        using var data = picture.Encode(SKEncodedImageFormat.Jpeg, JpegQuality);
        return data.ToArray();
    }
}
