using ML.Yolo.Columns;

namespace ML.Yolo.Datasets;

/// <summary>One split of a set in the YOLO format.</summary>
/// <remarks>
/// Labels are fractions of the upright picture, as the reference's loader and labelling tools see it; the boxes given are in pixels as stored.
/// </remarks>
internal sealed class YoloDataset : DetectionDataset
{
    private readonly YoloDatasetFile _file;
    private readonly string[] _images;
    private readonly YoloLabelFiles _labels = new();

    /// <exception cref="DatasetFormatException">The split is not there, has no image, or no label file for any image.</exception>
    public YoloDataset(string path, string split)
    {
        _file = YoloDatasetFile.Read(path);
        var folder = new ImageFolder(Remarks);
        _images = [.. _file.Locations(split, Remarks).SelectMany(location => File.Exists(location) ? Listed(location) : folder.Images(location))];
        if (_images.Length == 0)
        {
            var extensions = string.Join(", ", SetPath.ImageExtensions);
            var passedOver = string.Concat(Remarks.Texts.Select(text => $" {text}"));
            throw new DatasetFormatException(_file.FilePath, line: null, $"the split '{split}' has no image ({extensions}).{passedOver}");
        }

        CheckLabels(split);
    }

    /// <inheritdoc/>
    public override string Name => _file.FilePath;

    /// <inheritdoc/>
    public override IReadOnlyList<string> ClassNames => _file.ClassNames;

    /// <inheritdoc/>
    public override int Count => _images.Length;

    /// <inheritdoc/>
    public override DetectionRow Read(int index)
    {
        var path = _labels.Find(_images[index]);
        var objects = path is null ? [] : YoloLabelFile.Read(path, _file.ClassNames.Count, _file.KeyPointNumbers);
        var frame = ImageHeader.Read(_images[index]);
        var (width, height) = (frame.UprightWidth, frame.UprightHeight);
        var (labels, boxes) = (new string[objects.Count], new Box[objects.Count]);
        for (var i = 0; i < objects.Count; i++)
        {
            var item = objects[i];
            labels[i] = _file.ClassNames[item.Class];
            boxes[i] = frame.ToStored(new Box((float)(item.X0 * width), (float)(item.Y0 * height), (float)(item.X1 * width), (float)(item.Y1 * height)));
            Remark(item.Shape, index, path!);
        }

        return new DetectionRow { ImagePath = _images[index], Label = labels, BoundingBoxes = boxes };
    }

    private void Remark(YoloShape shape, int index, string path)
    {
        if (shape == YoloShape.Polygon)
            Remarks.Add("Label files hold polygons, of which the box around each is taken", index, $"'{path}'");
        else if (shape == YoloShape.Pose)
            Remarks.Add("Label files hold key points, which are passed over: the box of each object is taken", index, $"'{path}'");
    }

    private IEnumerable<string> Listed(string list)
    {
        var number = 0;
        foreach (var line in SetText.ReadLines(list))
        {
            number++;
            var text = line.Trim() is ['"', .. var inner, '"'] ? inner : line.Trim();
            if (text.Length > 0)
                yield return _file.LocateImage(list, text, number, Remarks);
        }
    }

    private void CheckLabels(string split)
    {
        var missing = 0;
        for (var i = 0; i < _images.Length; i++)
        {
            if (_labels.Find(_images[i]) is not null)
                continue;
            missing++;
            var looked = YoloLabelFiles.ConventionalPath(_images[i]);
            Remarks.Add("Images without a label file are taken as images without objects", i, $"'{_images[i]}', for which '{looked}' was looked for");
        }

        if (missing < _images.Length)
            return;
        var (first, conventional) = (_images[0], YoloLabelFiles.ConventionalPath(_images[0]));
        var beside = Path.ChangeExtension(first, ".txt");
        var places = conventional == beside ? $"'{beside}'" : $"'{conventional}' and '{beside}'";
        throw new DatasetFormatException(
            _file.FilePath,
            line: null,
            $"none of the {_images.Length} images of the split '{split}' has a label file; for '{first}', {places} was looked for. "
                + "If the images truly have no object, give one of them an empty label file.");
    }
}
