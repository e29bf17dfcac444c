namespace ML.Yolo.Datasets;

/// <summary>
/// A set in the JSON format that VoTT 2 exports and Model Builder takes. The regions are held in memory; images that were never labelled (asset state 0) are
/// kept out.
/// </summary>
internal sealed class VottDataset : DetectionDataset
{
    private readonly VottFile _file;
    private readonly string _folder;
    private readonly HashSet<string> _classes;
    private readonly FileFinder _files = new();
    private readonly Dictionary<int, DatasetFault> _faults = [];

    /// <param name="jsonPath">The export.</param>
    public VottDataset(string jsonPath)
    {
        _file = VottFile.Read(Path.GetFullPath(jsonPath));
        _folder = Path.GetDirectoryName(_file.FilePath)!;
        _classes = _file.Tags.ToHashSet(StringComparer.Ordinal);
        foreach (var fault in _file.Faults)
            _faults.TryAdd(fault.Image, fault);
    }

    /// <inheritdoc/>
    public override string Name => _file.FilePath;

    /// <inheritdoc/>
    public override IReadOnlyList<string> ClassNames => _file.Tags;

    /// <inheritdoc/>
    public override int Count => _file.Assets.Count;

    /// <inheritdoc/>
    public override IReadOnlyList<DatasetFault> Faults => _file.Faults;

    /// <inheritdoc/>
    public override DetectionRow Read(int index)
    {
        if (_faults.TryGetValue(index, out var fault))
            throw fault.ToException();
        var asset = _file.Assets[index];
        var row = new LabelledRow(ImagePath(asset), asset.Regions.Count);
        var frame = row.LabelFrame(asset.Width, asset.Height, problem => Wrong(asset.Line, problem));
        foreach (var region in asset.Regions)
        {
            if (region.Tags.Length == 0)
                throw Wrong(region.Line, $"a region of '{asset.Name}' has no tag; at least one was expected.");
            foreach (var tag in region.Tags)
            {
                if (!_classes.Contains(tag))
                    throw Wrong(region.Line, $"a region of '{asset.Name}' has the tag '{tag}', which is not among the file's 'tags'.");
                row.Add(tag, frame.ToStored(region.Box));
            }
        }

        return row.ToRow();
    }

    /// <summary>
    /// VoTT writes the path it had, mostly an absolute one, and copies the images beside the export: both places are looked at. Nothing is ever downloaded.
    /// </summary>
    private string ImagePath(VottFile.Asset asset)
    {
        var path = asset.Path;
        if (path.StartsWith("file:", StringComparison.OrdinalIgnoreCase))
        {
            path = path["file:".Length..];
            if (path.StartsWith("//", StringComparison.Ordinal))
                path = path[2..];
        }

        var isRemote = path.Contains("://", StringComparison.Ordinal);
        IEnumerable<string> named = isRemote ? [] : SetPath.Spellings(path).Select(name => Path.GetFullPath(Path.Combine(_folder, name)));
        string[] names = asset.Name.Length > 0 ? [asset.Name] : [SetPath.FileName(path)];
        var beside = names.SelectMany(SetPath.Spellings).Select(name => SetPath.Inside(_folder, name)).OfType<string>();
        if (named.Concat(beside).Select(_files.Find).FirstOrDefault(found => found is not null) is { } there)
            return there;
        var remote = isRemote ? "; images are not downloaded" : "";
        throw Wrong(asset.Line, $"the image '{asset.Path}' is not there, and neither is '{asset.Name}' beside the file{remote}.");
    }

    private DatasetFormatException Wrong(int line, string problem) => new(_file.FilePath, line, problem);
}
