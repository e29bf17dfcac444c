namespace ML.Yolo.Datasets;

/// <summary>A set in COCO's JSON format. The annotations are held in memory, compactly; segmentations are passed over.</summary>
internal sealed class CocoDataset : DetectionDataset
{
    private readonly string _imageFolder;
    private readonly CocoFile _file;
    private readonly FileFinder _files = new();
    private readonly Dictionary<int, DatasetFault> _faults = [];

    /// <param name="jsonPath">The annotations.</param>
    /// <param name="imageFolder">Where the images are.</param>
    public CocoDataset(string jsonPath, string imageFolder)
    {
        (_imageFolder, _file) = (Path.GetFullPath(imageFolder), CocoFile.Read(Path.GetFullPath(jsonPath)));
        if (!Directory.Exists(_imageFolder))
            throw new DirectoryNotFoundException($"The image folder '{_imageFolder}' of '{_file.FilePath}' does not exist.");
        foreach (var fault in _file.Faults)
            _faults.TryAdd(fault.Image, fault);
    }

    /// <inheritdoc/>
    public override string Name => _file.FilePath;

    /// <inheritdoc/>
    public override IReadOnlyList<string> ClassNames => _file.ClassNames;

    /// <inheritdoc/>
    public override int Count => _file.Images.Count;

    /// <inheritdoc/>
    public override IReadOnlyList<DatasetFault> Faults => _file.Faults;

    /// <inheritdoc/>
    public override DetectionRow Read(int index)
    {
        if (_faults.TryGetValue(index, out var fault))
            throw fault.ToException();
        var image = _file.Images[index];
        var path = ImagePath(image, index);
        var objects = _file.Objects(index);
        var row = new LabelledRow(path, objects.Length);
        var frame = row.LabelFrame(image.Width, image.Height, problem => Wrong(image.Line, problem));
        foreach (var item in objects)
        {
            if (item.Category < 0)
                throw Wrong(item.Line, "'annotations', 'category_id' names no category: an id of 'categories' was expected.");
            row.Add(_file.ClassNames[item.Category], frame.ToStored(item.Box));
        }

        return row.ToRow();
    }

    /// <summary>As written, or as another system or a web address writes it; of a path that leads out of the folder, the ends.</summary>
    private string ImagePath(CocoFile.Image image, int index)
    {
        var inside = SetPath.Spellings(image.FileName).Select(name => SetPath.Inside(_imageFolder, name)).OfType<string>().ToList();
        if (inside.Select(_files.Find).FirstOrDefault(path => path is not null) is { } found)
            return found;
        var guesses = SetPath.Guesses(image.FileName, 1).SelectMany(SetPath.Spellings).Select(name => SetPath.Inside(_imageFolder, name)).OfType<string>();
        if (guesses.Select(_files.Find).FirstOrDefault(path => path is not null) is not { } guess)
        {
            return inside.FirstOrDefault()
                ?? throw Wrong(image.Line, $"'images', 'file_name' is '{image.FileName}': a path inside the image folder was expected.");
        }

        const string remark = "Paths that are not there are taken to mean what the set itself holds";
        Remarks.Add(remark, index, $"'{image.FileName}' in line {image.Line}, read as '{guess}'");
        return guess;
    }

    private DatasetFormatException Wrong(int line, string problem) => new(_file.FilePath, line, problem);
}
