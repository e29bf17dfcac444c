using System.Globalization;
using Microsoft.ML.Data;
using ML.Yolo.Reports;

namespace ML.Yolo;

/// <summary>Draws detections on images.</summary>
public static class DetectionImage
{
    /// <summary>
    /// A copy of an image with boxes, names and confidences, readable on any background: lines have a dark rim, names stand on plates of the class's
    /// colour, from a palette that people of every colour vision tell apart. The system needs no font.
    /// </summary>
    /// <param name="image">The image; not changed.</param>
    /// <param name="detections">What is on it, in pixels of it. The most confident lie on top.</param>
    /// <param name="options">Colours, threshold and size; null takes the defaults.</param>
    /// <returns>The picture, which the caller disposes; <see cref="MLImage.Save"/> writes it to a file.</returns>
    /// <exception cref="ArgumentException">A box is not finite, or an option is out of range; the message names it.</exception>
    public static MLImage Draw(MLImage image, IEnumerable<LabeledBox> detections, DetectionImageOptions? options = null)
    {
        ArgumentNullException.ThrowIfNull(image);
        ArgumentNullException.ThrowIfNull(detections);
        options ??= new DetectionImageOptions();
        options.Check();
        var shown = detections.Where(box => box.Score is not { } score || score >= options.ScoreThreshold).OrderByDescending(box => box.Score).ToList();
        var classNames = (options.ClassNames ?? []).Concat(shown.Select(box => box.Label)).Distinct().ToList();
        var boxes = shown.ConvertAll(box => new PaintedBox(Checked(box), Text(box, options), ClassColours.Of(classNames.IndexOf(box.Label))));
        using var picture = BoxPainter.Paint(image, boxes, Math.Max(1f, options.MinimumSide / (float)Math.Max(image.Width, image.Height)));
        using var pixels = picture.PeekPixels();
        return MLImage.CreateFromPixels(picture.Width, picture.Height, MLPixelFormat.Rgba32, pixels.GetPixelSpan());
    }

    /// <summary>A copy of an image with what a <see cref="YoloDetector"/> found on it.</summary>
    /// <param name="image">The image that was scored, as stored; not changed.</param>
    /// <param name="detections">What was found, in pixels of it.</param>
    /// <param name="options">Colours, threshold and size; null takes the defaults.</param>
    /// <returns>The picture, which the caller disposes; <see cref="MLImage.Save"/> writes it to a file.</returns>
    /// <exception cref="ArgumentException">The detections are of an image of another size, or an option is out of range; the message names it.</exception>
    public static MLImage Draw(MLImage image, ImageDetections detections, DetectionImageOptions? options = null)
    {
        ArgumentNullException.ThrowIfNull(image);
        ArgumentNullException.ThrowIfNull(detections);
        if ((image.Width, image.Height) != (detections.Width, detections.Height))
        {
            throw new ArgumentException(
                $"The image has {image.Width} × {image.Height} pixels; the detections are of one of {detections.Width} × {detections.Height}.",
                nameof(detections));
        }

        return Draw(image, detections.Select(found => new LabeledBox(found.Label, found.Box, found.Score)), options);
    }

    private static Box Checked(LabeledBox item)
    {
        var (x0, y0, x1, y1) = item.Box;
        return item.Box.IsFinite
            ? item.Box
            : throw new ArgumentException(
                FormattableString.Invariant($"The box of '{item.Label}' is {x0}, {y0}, {x1}, {y1}; finite numbers were expected."), nameof(item));
    }

    private static string Text(LabeledBox box, DetectionImageOptions options)
    {
        if (!options.ShowLabels)
            return "";
        return options.ShowScores && box.Score is { } score ? string.Create(CultureInfo.InvariantCulture, $"{box.Label} {score:F2}") : box.Label;
    }
}
