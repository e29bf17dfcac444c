using ML.Yolo.Columns;

namespace ML.Yolo.Datasets;

/// <summary>
/// One split of a set laid out as Pascal VOC: <c>ImageSets/Main/SPLIT.txt</c> names the images, <c>Annotations</c> holds an XML for each, <c>JPEGImages</c>
/// the pictures; or a folder of XML files with the pictures beside them.
/// </summary>
internal sealed class PascalVocDataset : DetectionDataset
{
    private readonly PascalVocLayout _layout;
    private readonly bool _includeDifficult;
    private readonly FileFinder _files = new();
    private readonly Lazy<IReadOnlyList<string>> _classNames;

    /// <exception cref="FileNotFoundException">There is no such split.</exception>
    /// <exception cref="DatasetFormatException">It names no image.</exception>
    public PascalVocDataset(string root, string split, bool includeDifficult)
    {
        (Name, _includeDifficult) = (Path.GetFullPath(root), includeDifficult);
        _layout = new PascalVocLayout(Name, split, Remarks);
        _classNames = new(ReadClassNames);
    }

    /// <inheritdoc/>
    public override string Name { get; }

    /// <summary>The format lists no classes: those that occur in the split, in alphabetical order. Takes a pass over the annotations.</summary>
    public override IReadOnlyList<string> ClassNames => _classNames.Value;

    /// <inheritdoc/>
    public override int Count => _layout.Images.Count;

    /// <inheritdoc/>
    public override DetectionRow Read(int index)
    {
        var (annotation, annotationPath) = ReadAnnotation(index);
        if (annotation.OddDifficult is { } word)
            Remarks.Add("Words in <difficult> that are neither a number nor yes or no are taken as no", index, $"'{word}' in '{annotationPath}'");
        var row = new LabelledRow(ImagePath(index, annotation, annotationPath), annotation.Objects.Count);
        var frame = row.LabelFrame(annotation.Width, annotation.Height, problem => annotation.Wrong("size", problem));
        foreach (var item in annotation.Objects.Where(item => _includeDifficult || !item.IsDifficult))
            row.Add(item.ClassName, frame.ToStored(item.Box));
        return row.ToRow();
    }

    private (PascalVocAnnotation Annotation, string Path) ReadAnnotation(int index)
    {
        var (name, line) = _layout.Images[index];
        var path = SetPath.Inside(_layout.AnnotationFolder, name + ".xml")
            ?? throw new DatasetFormatException(_layout.List, line, $"'{name}' leaves the set; the name of an image was expected.");
        return (PascalVocAnnotation.Read(_files.Find(path) ?? path), path);
    }

    /// <summary>
    /// The image of the annotation's own name. What is written inside the XML is often the name of another: files are copied and renamed, their text is not.
    /// </summary>
    private string ImagePath(int index, PascalVocAnnotation annotation, string annotationPath)
    {
        var own = _layout.Images[index].Name;
        var named = NamedFile(annotation);
        var isOwn = named is null || SetPath.Stem(Path.GetFileName(named)).Equals(SetPath.Stem(SetPath.FileName(own)), StringComparison.OrdinalIgnoreCase);
        if (isOwn && named is not null && _files.Find(named) is { } exact && SetPath.IsImage(exact))
            return exact;
        var written = $"'{annotationPath}' with '{annotation.FileName}'";
        var candidates = SetPath.ImageExtensions.Append("").Select(extension => Path.Combine(_layout.ImageFolder, own + extension));
        if (candidates.Select(_files.Find).FirstOrDefault(path => path is not null) is { } found)
        {
            if (!isOwn)
                Remarks.Add("Annotations name another image than their own name does, which decides", index, written);
            return found;
        }

        if (named is not null && Named(named) is { } other)
        {
            if (!isOwn)
                Remarks.Add("Annotations have no image of their own name; the one that they name is taken", index, written);
            return other;
        }

        return Path.Combine(_layout.ImageFolder, own + ".jpg");
    }

    private string? Named(string path)
        => SetPath.ImageExtensions.Select(extension => path + extension).Prepend(path).Select(_files.Find).FirstOrDefault(found => found is not null);

    /// <summary>Where the image that the XML names would be; null where it names none. Of a path of another machine, the last part counts.</summary>
    private string? NamedFile(PascalVocAnnotation annotation)
    {
        if (annotation.FileName is not { } name)
            return null;
        var places = SetPath.Spellings(name).Select(spelling => SetPath.Inside(_layout.ImageFolder, spelling)).OfType<string>().ToList();
        if (places.Find(path => _files.Find(path) is not null) is { } there)
            return there;
        if (name.Split('/', '\\').Contains(".."))
        {
            var expected = $"which leaves the set; the name of an image in {Path.GetFileName(_layout.ImageFolder)} was expected.";
            throw annotation.Wrong("filename", $"'filename' is '{name}', {expected}");
        }

        var last = SetPath.Spellings(SetPath.FileName(name)).Select(spelling => SetPath.Inside(_layout.ImageFolder, spelling)).OfType<string>().ToList();
        return last.Find(path => _files.Find(path) is not null) ?? last.FirstOrDefault();
    }

    private string[] ReadClassNames()
    {
        var names = new HashSet<string>(StringComparer.Ordinal);
        for (var i = 0; i < Count; i++)
        {
            try
            {
                names.UnionWith(ReadAnnotation(i).Annotation.Objects.Where(item => _includeDifficult || !item.IsDifficult).Select(item => item.ClassName));
            }
            catch (Exception exception) when (BadSamples.IsBadSample(exception))
            {
                // Reading the row itself will tell.
            }
        }

        return [.. names.Order(StringComparer.Ordinal)];
    }
}
