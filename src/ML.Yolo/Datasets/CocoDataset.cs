namespace ML.Yolo.Datasets;

/// <summary>A set in COCO's JSON format. The annotations are held in memory, compactly; segmentations are passed over.</summary>
internal sealed class CocoDataset : DetectionDataset
{
    private readonly string _imageFolder;
    private readonly CocoFile _file;

    /// <param name="jsonPath">The annotations.</param>
    /// <param name="imageFolder">Where the images are.</param>
    public CocoDataset(string jsonPath, string imageFolder)
    {
        (_imageFolder, _file) = (Path.GetFullPath(imageFolder), CocoFile.Read(Path.GetFullPath(jsonPath)));
        if (!Directory.Exists(_imageFolder))
            throw new DirectoryNotFoundException($"The image folder '{_imageFolder}' of '{_file.FilePath}' does not exist.");
    }

    /// <inheritdoc/>
    public override string Name => _file.FilePath;

    /// <inheritdoc/>
    public override IReadOnlyList<string> ClassNames => _file.ClassNames;

    /// <inheritdoc/>
    public override int Count => _file.Images.Count;

    /// <inheritdoc/>
    public override IReadOnlyList<DatasetFormatException> Orphans
        => _file.Orphans.ConvertAll(line => Wrong(line, "'annotations', 'image_id' names no image: an id of 'images' was expected."));

    /// <inheritdoc/>
    public override DetectionRow Read(int index)
    {
        var image = _file.Images[index];
        var path = SetPath.Inside(_imageFolder, image.FileName)
            ?? throw Wrong(image.Line, $"'images', 'file_name' is '{image.FileName}': a path inside the image folder was expected.");
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

    private DatasetFormatException Wrong(int line, string problem) => new(_file.FilePath, line, problem);
}
