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

    // More of them hide the picture; what is without one has its colour.
    private const int MaxCaptions = 12;

    public static GalleryImage Paint(MLImage image, string name, ImageVerdict verdict, IReadOnlyList<string> classNames)
    {
        var truth = MistakesFirst(verdict.Objects.Length, item => Truth(verdict, item, classNames));
        var predicted = MistakesFirst(verdict.Detections.Length, item => Predicted(verdict, item, classNames));
        var summary = $"{verdict.Right} right, {verdict.Missed} missed, {verdict.FalseAlarms} false alarms, {verdict.Confused} confused";
        return new GalleryImage(
            name, summary, Jpeg(image, truth), Jpeg(image, predicted), $"Ground truth of {name}: {List(truth)}", $"Predictions on {name}: {List(predicted)}");
    }

    private static List<PaintedBox> MistakesFirst(int count, Func<int, PaintedBox> paint)
        => [.. Enumerable.Range(0, count).Select(paint).OrderByDescending(box => box.Colour != ClassColours.Right)];

    private static PaintedBox Truth(ImageVerdict verdict, int item, IReadOnlyList<string> classNames)
    {
        var known = verdict.Objects[item];
        var name = classNames[known.Class];
        if (!known.Counts)
            return new PaintedBox(known.Box, $"{name} (not counted)", ClassColours.Aside, IsDashed: true);
        if (verdict.IsMissed(item))
            return new PaintedBox(known.Box, $"missed: {name}", ClassColours.Missed, IsDashed: true);
        var found = verdict.DetectionOf[item];
        return verdict.IsRight(found)
            ? new PaintedBox(known.Box, name, ClassColours.Right)
            : new PaintedBox(known.Box, $"{name}, taken for {classNames[verdict.Detections[found].Class]}", ClassColours.Confused, IsDashed: true);
    }

    private static PaintedBox Predicted(ImageVerdict verdict, int item, IReadOnlyList<string> classNames)
    {
        var found = verdict.Detections[item];
        var name = string.Create(CultureInfo.InvariantCulture, $"{classNames[found.Class]} {found.Score:F2}");
        return verdict.ObjectOf[item] switch
        {
            ConfusionMatcher.Ignored => new PaintedBox(found.Box, $"{name} (not counted)", ClassColours.Aside, IsDashed: true),
            ConfusionMatcher.Unmatched => new PaintedBox(found.Box, $"false alarm: {name}", ClassColours.FalseAlarm, IsDashed: true),
            _ when verdict.IsRight(item) => new PaintedBox(found.Box, name, ClassColours.Right),
            var match => new PaintedBox(found.Box, $"{name}, is {classNames[verdict.Objects[match].Class]}", ClassColours.Confused, IsDashed: true),
        };
    }

    private static string List(List<PaintedBox> boxes) => boxes.Count == 0 ? "nothing" : string.Join("; ", boxes.Select(box => box.Label));

    private static byte[] Jpeg(MLImage image, IReadOnlyList<PaintedBox> boxes)
    {
        using var picture = BoxPainter.Paint(image, boxes, LongerSide / Math.Max(image.Width, image.Height), MaxCaptions);
        using var data = picture.Encode(SKEncodedImageFormat.Jpeg, JpegQuality);
        return data.ToArray();
    }
}
