namespace ML.Yolo.Datasets;

/// <summary>One split of a set in the YOLO format.</summary>
/// <remarks>
/// Labels are fractions of the upright picture, as the reference's loader and labelling tools see it; the boxes given are in pixels as stored.
/// </remarks>
internal sealed class YoloDataset : DetectionDataset
{
    private static readonly HashSet<string> Extensions = new(StringComparer.OrdinalIgnoreCase) { ".bmp", ".gif", ".jpeg", ".jpg", ".png", ".webp" };

    private readonly YoloDatasetFile _file;
    private readonly string[] _images;

    /// <exception cref="DatasetFormatException">The split is not there, or has no image.</exception>
    public YoloDataset(string path, string split)
    {
        _file = YoloDatasetFile.Read(path);
        _images = [.. _file.Locations(split).SelectMany(Images)];
        if (_images.Length == 0)
        {
            var extensions = string.Join(", ", Extensions.Order(StringComparer.Ordinal));
            throw new DatasetFormatException(_file.FilePath, line: null, $"the split '{split}' has no image ({extensions}).");
        }
    }

    /// <inheritdoc/>
    public override string Name => _file.FilePath;

    /// <inheritdoc/>
    public override IReadOnlyList<string> ClassNames => _file.ClassNames;

    /// <inheritdoc/>
    public override int Count => _images.Length;

    /// <summary>The convention: the last folder named "images" is "labels", and the extension is .txt.</summary>
    public static string LabelPath(string imagePath)
    {
        var parts = Path.ChangeExtension(imagePath, ".txt").Split(Path.DirectorySeparatorChar);
        var folder = Array.LastIndexOf(parts, "images", parts.Length - 2);
        if (folder >= 0)
            parts[folder] = "labels";
        return string.Join(Path.DirectorySeparatorChar, parts);
    }

    /// <inheritdoc/>
    public override DetectionRow Read(int index)
    {
        var objects = YoloLabelFile.Read(LabelPath(_images[index]), _file.ClassNames.Count);
        var frame = ImageHeader.Read(_images[index]);
        var (width, height) = (frame.UprightWidth, frame.UprightHeight);
        var (labels, boxes) = (new string[objects.Count], new Box[objects.Count]);
        for (var i = 0; i < objects.Count; i++)
        {
            var item = objects[i];
            labels[i] = _file.ClassNames[item.Class];
            boxes[i] = frame.ToStored(new Box((float)(item.X0 * width), (float)(item.Y0 * height), (float)(item.X1 * width), (float)(item.Y1 * height)));
        }

        return new DetectionRow { ImagePath = _images[index], Label = labels, BoundingBoxes = boxes };
    }

    private static IEnumerable<string> Images(string location)
    {
        if (File.Exists(location))
        {
            var folder = Path.GetDirectoryName(location)!;
            var lines = File.ReadLines(location).Select(line => line.Trim()).Where(line => line.Length > 0);
            return lines.Select(line => Path.GetFullPath(Path.Combine(folder, line)));
        }

        var files = Directory.EnumerateFiles(location, "*", SearchOption.AllDirectories);
        return files.Where(path => Extensions.Contains(Path.GetExtension(path))).Order(StringComparer.Ordinal);
    }
}
