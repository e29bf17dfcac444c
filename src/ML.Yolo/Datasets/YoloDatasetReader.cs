namespace ML.Yolo.Datasets;

/// <summary>The rows of one split of a set in the YOLO format, read anew each time they are enumerated.</summary>
internal sealed class YoloDatasetReader
{
    private static readonly HashSet<string> Extensions = new(StringComparer.OrdinalIgnoreCase) { ".bmp", ".gif", ".jpeg", ".jpg", ".png", ".webp" };

    private readonly YoloDatasetFile _file;
    private readonly string[] _images;

    /// <exception cref="DatasetFormatException">The split is not there, or has no image.</exception>
    public YoloDatasetReader(string path, string split)
    {
        _file = YoloDatasetFile.Read(path);
        _images = [.. _file.Locations(split).SelectMany(Images)];
        if (_images.Length == 0)
            throw new DatasetFormatException(_file.FilePath, line: null, $"the split '{split}' has no image ({string.Join(", ", Extensions.Order())}).");
    }

    /// <summary>The rows, one an image, in the order of the paths.</summary>
    public IEnumerable<DetectionRow> Rows() => _images.Select(Row);

    private static IEnumerable<string> Images(string location)
    {
        if (File.Exists(location))
        {
            var folder = Path.GetDirectoryName(location)!;
            return File.ReadLines(location).Select(line => line.Trim()).Where(line => line.Length > 0).Select(line => Path.GetFullPath(Path.Combine(folder, line)));
        }

        return Directory.EnumerateFiles(location, "*", SearchOption.AllDirectories).Where(path => Extensions.Contains(Path.GetExtension(path))).Order(StringComparer.Ordinal);
    }

    /// <summary>The convention: the last folder named "images" is "labels", and the extension is .txt.</summary>
    private static string LabelPath(string imagePath)
    {
        var parts = Path.ChangeExtension(imagePath, ".txt").Split(Path.DirectorySeparatorChar);
        var folder = Array.LastIndexOf(parts, "images", parts.Length - 2);
        if (folder >= 0)
            parts[folder] = "labels";
        return string.Join(Path.DirectorySeparatorChar, parts);
    }

    private DetectionRow Row(string imagePath)
    {
        var objects = YoloLabelFile.Read(LabelPath(imagePath), _file.ClassNames.Count);
        var (width, height) = objects.Count == 0 ? default : ImageHeader.ReadSize(imagePath);
        return new DetectionRow
        {
            ImagePath = imagePath,
            Label = [.. objects.Select(item => _file.ClassNames[item.Class])],
            BoundingBoxes = [.. objects.SelectMany(item => new[] { item.X0 * width, item.Y0 * height, item.X1 * width, item.Y1 * height })],
        };
    }
}
