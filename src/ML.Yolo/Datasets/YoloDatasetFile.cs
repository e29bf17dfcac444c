using ML.Yolo.Columns;

namespace ML.Yolo.Datasets;

/// <summary>The file that makes folders of images and labels a set in the YOLO format: class names, and where each split's images are.</summary>
internal abstract class YoloDatasetFile
{
    // What people and tools call the split that the format calls "val".
    private static readonly string[] ValidationNames = ["val", "valid", "validation"];

    /// <param name="path">Full path of the file.</param>
    protected YoloDatasetFile(string path) => (FilePath, Folder) = (path, Path.GetDirectoryName(path)!);

    /// <summary>Full path of the file.</summary>
    public string FilePath { get; }

    /// <summary>Class names by index.</summary>
    public abstract IReadOnlyList<string> ClassNames { get; }

    /// <summary>Numbers of key points that follow each box of a set for pose estimation; 0 where the file tells of none.</summary>
    public virtual int KeyPointNumbers => 0;

    /// <summary>Folders that relative paths are looked for in, one after the other.</summary>
    public virtual IReadOnlyList<string> Roots => [Folder];

    /// <summary>Names of the splits.</summary>
    public abstract IReadOnlyList<string> SplitNames { get; }

    /// <summary>The file's folder.</summary>
    protected string Folder { get; }

    /// <summary>How few parts of an absolute path must be left when it is looked for within the set.</summary>
    protected virtual int MinPathParts => 2;

    /// <summary>Reads the file, or the one in a folder.</summary>
    /// <exception cref="FileNotFoundException">There is none.</exception>
    /// <exception cref="DatasetFormatException">It is malformed.</exception>
    public static YoloDatasetFile Read(string path)
    {
        var file = Find(Path.GetFullPath(path));
        return Path.GetExtension(file).Equals(".data", StringComparison.OrdinalIgnoreCase) ? DarknetDatasetFile.Open(file) : YamlDatasetFile.Open(file);
    }

    /// <summary>Folders of images, or text files of image paths, of a split.</summary>
    /// <param name="split">Name of the split.</param>
    /// <param name="remarks">Is told of what is found elsewhere than written.</param>
    /// <exception cref="DatasetFormatException">The file does not name the split, or what it names does not exist.</exception>
    public IReadOnlyList<string> Locations(string split, Remarks remarks)
    {
        if (!SplitNames.Contains(split))
            throw new DatasetFormatException(FilePath, line: null, NoSuchSplit(split));
        return [.. Entries(split).Select(entry => Locate(split, entry, remarks))];
    }

    /// <summary>The path of an image that a list file names: the first place looked at, where it is at none.</summary>
    public string LocateImage(string listFile, string text, int line, Remarks remarks)
    {
        string[] folders = [Path.GetDirectoryName(listFile)!, .. Roots];
        if (SetPath.Find(folders, text, File.Exists) is { } found)
            return found;
        var guess = SetPath.Guesses(text, MinPathParts).Select(name => SetPath.Find(folders, name, File.Exists)).FirstOrDefault(path => path is not null);
        if (guess is null)
        {
            return SetPath.Find(folders, text, _ => true)
                ?? throw new DatasetFormatException(listFile, line, "the line holds a zero character; the path of an image was expected.");
        }

        Guessed(listFile, line, text, guess, remarks);
        return guess;
    }

    /// <summary>What the file names for a split.</summary>
    /// <exception cref="DatasetFormatException">It is neither a text nor a list of texts.</exception>
    protected abstract IReadOnlyList<(string Text, int Line)> Entries(string split);

    /// <summary>Names that must differ, or an exception that names both places.</summary>
    protected static void RequireDistinct(string file, IReadOnlyList<(string Name, int Line)> names)
    {
        var first = new Dictionary<string, int>(StringComparer.Ordinal);
        for (var i = 0; i < names.Count; i++)
        {
            if (first.TryAdd(names[i].Name, i))
                continue;
            var earlier = first[names[i].Name];
            throw new DatasetFormatException(
                file,
                names[i].Line,
                $"the classes {earlier} (line {names[earlier].Line}) and {i} are both named '{names[i].Name}'; every class needs a name of its own.");
        }
    }

    private static string Find(string path)
    {
        var foreign = Path.Exists(path) ? ForeignSet.Advice(path) : null;
        if (File.Exists(path))
            return foreign is null ? path : throw new DatasetFormatException(path, line: null, $"a data.yaml was expected. {foreign}");
        if (!Directory.Exists(path))
            throw new FileNotFoundException($"'{path}' does not exist; a data.yaml or a folder that holds one was expected.", path);
        return FindIn(path) ?? throw new FileNotFoundException(
            $"The folder '{path}' holds no data.yaml and {Others(path).Length} other .yaml or .data files; one was expected."
            + (foreign is null ? "" : $" {foreign}"), path);
    }

    /// <summary>The file in a folder; null where there is none, or several that could be meant.</summary>
    public static string? FindIn(string folder)
    {
        var named = new[] { "data.yaml", "data.yml" }.Select(name => Path.Combine(folder, name)).FirstOrDefault(File.Exists);
        return named ?? (Others(folder) is [var other] ? other : null);
    }

    private static string[] Others(string folder)
    {
        var files = Directory.GetFiles(folder).Where(file => !Path.GetFileName(file).StartsWith('.')).ToArray();
        string[] yaml = [.. files.Where(file => Path.GetExtension(file).ToUpperInvariant() is ".YAML" or ".YML")];
        return yaml.Length > 0 ? yaml : [.. files.Where(file => Path.GetExtension(file).Equals(".data", StringComparison.OrdinalIgnoreCase))];
    }

    private string NoSuchSplit(string split)
    {
        if (SplitNames.Count == 0)
            return $"there is no split at all, '{split}' neither; 'train', 'val' or 'test' with a folder, a list of folders or a text file was expected.";
        var present = string.Join(", ", SplitNames.Select(name => $"'{name}'"));
        var other = ValidationNames.Contains(split) ? SplitNames.FirstOrDefault(ValidationNames.Contains) : null;
        var advice = other is not null ? $" '{other}' may be what is meant: load it by that name, or rename it in the file."
            : ValidationNames.Contains(split) ? HowToHoldOut(SplitNames[0])
            : "";
        return $"there is no split '{split}'; there are {present}.{advice}";
    }

    private string HowToHoldOut(string present)
        => $" To measure on images that are not learned, load '{present}' and divide it by mlContext.Data.TrainTestSplit, "
            + $"or 'mlyolo convert --from \"{FilePath}\" --to NEW-FOLDER --split 90/10' writes a set with both.";

    private string Locate(string split, (string Text, int Line) entry, Remarks remarks)
    {
        var (text, line) = entry;
        var found = SetPath.Find(Roots, text, Path.Exists);
        if (found is null)
        {
            found = SetPath.Guesses(text, MinPathParts).Select(name => SetPath.Find(Roots, name, Path.Exists)).FirstOrDefault(path => path is not null);
            if (found is null)
                throw new DatasetFormatException(FilePath, line, NotThere(text));
            Guessed(FilePath, line, text, found, remarks);
        }

        if (File.Exists(found) && SetPath.IsImage(found))
        {
            throw new DatasetFormatException(
                FilePath, line, $"{split} names a picture; a folder, a list of folders or a text file was expected: '{text}'.");
        }

        return found;
    }

    private string NotThere(string text)
    {
        var candidates = Roots.SelectMany(_ => SetPath.Spellings(text).Take(1), (root, name) => $"'{Path.GetFullPath(Path.Combine(root, name))}'");
        var places = string.Join(" and ", candidates.Distinct(StringComparer.Ordinal));
        return places.Length > 0
            ? $"'{text}' is neither a folder nor a file; looked for {places}."
            : "a path holds a zero character; a folder or a file was expected.";
    }

    private static void Guessed(string file, int line, string text, string found, Remarks remarks)
        => remarks.Add(
            "Paths that are not there are taken to mean what the set itself holds", line, $"'{text}' in '{file}', line {line}, read as '{found}'");
}
