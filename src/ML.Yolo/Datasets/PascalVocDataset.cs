using ML.Yolo.Columns;

namespace ML.Yolo.Datasets;

/// <summary>
/// One split of a set laid out as Pascal VOC: <c>ImageSets/Main/SPLIT.txt</c> names the images, <c>Annotations</c> holds an XML for each, <c>JPEGImages</c>
/// the pictures.
/// </summary>
internal sealed class PascalVocDataset : DetectionDataset
{
    private static readonly string[] Extensions = [".jpg", ".jpeg", ".png", ".bmp", ".webp", ".gif"];

    private readonly string _annotationFolder;
    private readonly string _imageFolder;
    private readonly string _splitFile;
    private readonly bool _includeDifficult;
    private readonly (string Name, int Line)[] _images;
    private readonly Lazy<IReadOnlyList<string>> _classNames;

    /// <exception cref="FileNotFoundException">There is no such split.</exception>
    /// <exception cref="DatasetFormatException">It names no image.</exception>
    public PascalVocDataset(string root, string split, bool includeDifficult)
    {
        Name = Path.GetFullPath(root);
        (_annotationFolder, _imageFolder, _includeDifficult) = (Path.Combine(Name, "Annotations"), Path.Combine(Name, "JPEGImages"), includeDifficult);
        _splitFile = Path.Combine(Name, "ImageSets", "Main", split + ".txt");
        if (!File.Exists(_splitFile))
            throw new FileNotFoundException($"'{_splitFile}' does not exist; a text file of image names, one per line, was expected.", _splitFile);
        _images = [.. File.ReadLines(_splitFile).Select((line, i) => (Name: FirstWord(line), i + 1)).Where(image => image.Name.Length > 0)];
        if (_images.Length == 0)
            throw new DatasetFormatException(_splitFile, line: null, "the file names no image; one name per line was expected.");
        _classNames = new(ReadClassNames);
    }

    /// <inheritdoc/>
    public override string Name { get; }

    /// <summary>The format lists no classes: those that occur in the split, in alphabetical order. Takes a pass over the annotations.</summary>
    public override IReadOnlyList<string> ClassNames => _classNames.Value;

    /// <inheritdoc/>
    public override int Count => _images.Length;

    /// <inheritdoc/>
    public override DetectionRow Read(int index)
    {
        var annotation = ReadAnnotation(index);
        var row = new LabelledRow(ImagePath(index, annotation), annotation.Objects.Count);
        var frame = row.LabelFrame(annotation.Width, annotation.Height, problem => annotation.Wrong("size", problem));
        foreach (var item in annotation.Objects.Where(item => _includeDifficult || !item.IsDifficult))
            row.Add(item.ClassName, frame.ToStored(item.Box));
        return row.ToRow();
    }

    private static string FirstWord(string line) => line.Split((char[]?)null, 2, StringSplitOptions.RemoveEmptyEntries).FirstOrDefault("");

    private PascalVocAnnotation ReadAnnotation(int index)
    {
        var (name, line) = _images[index];
        var path = SetPath.Inside(_annotationFolder, name + ".xml")
            ?? throw new DatasetFormatException(_splitFile, line, $"'{name}' leaves the set; the name of an image was expected.");
        return PascalVocAnnotation.Read(path);
    }

    private string ImagePath(int index, PascalVocAnnotation annotation)
    {
        if (annotation.FileName is { } named)
        {
            var path = SetPath.Inside(_imageFolder, named)
                ?? throw annotation.Wrong("filename", $"'filename' is '{named}', which leaves the set; the name of an image in JPEGImages was expected.");
            if (File.Exists(path))
                return path;
        }

        // Renamed sets keep the old file name inside the XML: the split's own name decides then.
        var name = _images[index].Name;
        var candidates = Extensions.Select(extension => Path.Combine(_imageFolder, name + extension)).ToList();
        return candidates.Find(File.Exists) ?? candidates[0];
    }

    private string[] ReadClassNames()
    {
        var names = new HashSet<string>(StringComparer.Ordinal);
        for (var i = 0; i < Count; i++)
        {
            try
            {
                names.UnionWith(ReadAnnotation(i).Objects.Where(item => _includeDifficult || !item.IsDifficult).Select(item => item.ClassName));
            }
            catch (Exception exception) when (BadSamples.IsBadSample(exception))
            {
                // Reading the row itself will tell.
            }
        }

        return [.. names.Order(StringComparer.Ordinal)];
    }
}
