namespace ML.Yolo.Datasets;

/// <summary>
/// A set in the JSON format that VoTT 2 exports and Model Builder takes. The regions are held in memory; images that were never labelled (asset state 0) are
/// kept out.
/// </summary>
internal sealed class VottDataset : DetectionDataset
{
    private readonly VottFile _file;
    private readonly string _folder;
    private readonly Dictionary<string, int> _classes;

    /// <param name="jsonPath">The export.</param>
    public VottDataset(string jsonPath)
    {
        _file = VottFile.Read(Path.GetFullPath(jsonPath));
        _folder = Path.GetDirectoryName(_file.FilePath)!;
        _classes = _file.Tags.Select((name, index) => (name, index)).ToDictionary(tag => tag.name, tag => tag.index, StringComparer.Ordinal);
    }

    /// <inheritdoc/>
    public override string Name => _file.FilePath;

    /// <inheritdoc/>
    public override IReadOnlyList<string> ClassNames => _file.Tags;

    /// <inheritdoc/>
    public override int Count => _file.Assets.Count;

    /// <inheritdoc/>
    public override DetectionRow Read(int index)
    {
        var asset = _file.Assets[index];
        var row = new LabelledRow(ImagePath(asset), asset.Regions.Count);
        var frame = row.LabelFrame(asset.Width, asset.Height, problem => Wrong(asset.Line, problem));
        foreach (var region in asset.Regions)
        {
            if (region.Tags.Length == 0)
                throw Wrong(region.Line, $"a region of '{asset.Name}' has no tag; at least one was expected.");
            foreach (var tag in region.Tags)
            {
                if (!_classes.ContainsKey(tag))
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
            path = Uri.UnescapeDataString(path["file:".Length..]);
            if (path.StartsWith("//", StringComparison.Ordinal))
                path = path[2..];
        }

        var isRemote = path.Contains("://", StringComparison.Ordinal);
        var named = isRemote || path.Contains('\0', StringComparison.Ordinal) ? null : Path.GetFullPath(Path.Combine(_folder, path.Replace('\\', '/')));
        var beside = SetPath.Inside(_folder, asset.Name);
        if (named is not null && File.Exists(named))
            return named;
        if (beside is not null && File.Exists(beside))
            return beside;
        var remote = isRemote ? "; images are not downloaded" : "";
        throw Wrong(asset.Line, $"the image '{asset.Path}' is not there, and neither is '{asset.Name}' beside the file{remote}.");
    }

    private DatasetFormatException Wrong(int line, string problem) => new(_file.FilePath, line, problem);
}
