using System.Globalization;
using System.Text;

namespace ML.Yolo;

/// <summary>What is in a labelled set: worth a look before training on it.</summary>
public sealed class DatasetSummary
{
    private const int ClassesShown = 20;

    internal DatasetSummary()
    {
    }

    /// <summary>Number of images.</summary>
    public required int ImageCount { get; init; }

    /// <summary>Images without any object.</summary>
    public required int EmptyImageCount { get; init; }

    /// <summary>Images whose content is that of an earlier one.</summary>
    public required int RepeatedImageCount { get; init; }

    /// <summary>Number of objects.</summary>
    public required int ObjectCount { get; init; }

    /// <summary>Objects of which an earlier one of the same image has the same class and the same box.</summary>
    public required int RepeatedObjectCount { get; init; }

    /// <summary>Objects whose box leaves the image by more than a pixel.</summary>
    public required int OutsideObjectCount { get; init; }

    /// <summary>Objects whose box has no area.</summary>
    public required int EmptyBoxCount { get; init; }

    /// <summary>Objects of each class, most frequent first; with the classes that have none where the data knows their names.</summary>
    public required IReadOnlyList<(string ClassName, int ObjectCount)> PerClass { get; init; }

    /// <summary>
    /// The sizes of the images in pixels and how many have each, most frequent first. Photos with an EXIF orientation count as shown upright.
    /// </summary>
    public required IReadOnlyList<(int Width, int Height, int ImageCount)> ImageSizes { get; init; }

    /// <summary>
    /// Median over the objects of √(width · height) / √(image width · image height), in [0, 1]: how large objects are; 0 where there is none.
    /// </summary>
    public required double MedianRelativeSize { get; init; }

    /// <summary>What a loader guessed, passed over or repaired: a sentence per kind, with its count and the first place.</summary>
    public IReadOnlyList<string> Remarks { get; init; } = [];

    /// <summary>A few lines for people.</summary>
    public override string ToString()
    {
        var text = new StringBuilder();
        text.Append(CultureInfo.InvariantCulture, $"{ImageCount} images, {EmptyImageCount} of them without objects, {RepeatedImageCount} repeated; ");
        text.AppendLine(SizesText());
        var classes = PerClass.Count(entry => entry.ObjectCount > 0);
        text.Append(CultureInfo.InvariantCulture, $"{ObjectCount} objects of {classes} classes, median size {100 * MedianRelativeSize:F1} % of the image; ");
        text.AppendLine(CultureInfo.InvariantCulture, $"{RepeatedObjectCount} repeated, {OutsideObjectCount} beyond the image, {EmptyBoxCount} without area");
        var shown = PerClass.Take(Math.Min(classes, ClassesShown)).Select(Describe).ToList();
        var (more, without) = (classes - shown.Count, PerClass.Count - classes);
        if (more > 0)
            shown.Add($"{more} more classes");
        if (without > 0)
            shown.Add($"{without} classes without objects");
        text.Append(string.Join(", ", shown));
        foreach (var remark in Remarks)
            text.AppendLine().Append(remark);
        return text.ToString();
    }

    private static string Describe((string ClassName, int ObjectCount) entry)
        => string.Create(CultureInfo.InvariantCulture, $"{entry.ClassName} {entry.ObjectCount}");

    private string SizesText()
    {
        if (ImageSizes.Count == 0)
            return "no sizes";
        var common = ImageSizes[0];
        if (ImageSizes.Count == 1)
            return string.Create(CultureInfo.InvariantCulture, $"all {common.Width} × {common.Height}");
        var width = string.Create(CultureInfo.InvariantCulture, $"width {ImageSizes.Min(size => size.Width)} to {ImageSizes.Max(size => size.Width)}");
        var height = string.Create(CultureInfo.InvariantCulture, $"height {ImageSizes.Min(size => size.Height)} to {ImageSizes.Max(size => size.Height)}");
        var most = string.Create(CultureInfo.InvariantCulture, $"{common.Width} × {common.Height} ({common.ImageCount})");
        return string.Create(CultureInfo.InvariantCulture, $"{ImageSizes.Count} sizes, {width}, {height}, most often {most}");
    }
}
