namespace ML.Yolo.Datasets;

/// <summary>The <c>obj.data</c> of Darknet's layout, which CVAT exports as "YOLO 1.1": keys with equals signs, class names in a file of their own.</summary>
internal sealed class DarknetDatasetFile : YoloDatasetFile
{
    private static readonly string[] OtherKeys = ["classes", "names", "backup", "eval", "results", "top", "labels"];

    private readonly Dictionary<string, (string Text, int Line)> _values;

    private DarknetDatasetFile(string path, Dictionary<string, (string Text, int Line)> values)
        : base(path)
    {
        _values = values;
        SplitNames = [.. values.Keys.Where(key => !OtherKeys.Contains(key))];
        ClassNames = ReadNames();
    }

    /// <inheritdoc/>
    public override IReadOnlyList<string> ClassNames { get; }

    /// <inheritdoc/>
    public override IReadOnlyList<string> SplitNames { get; }

    /// <summary>Paths are relative to where Darknet was started, mostly the folder above.</summary>
    public override IReadOnlyList<string> Roots => [Folder, .. Path.GetDirectoryName(Folder) is { } above ? [above] : Array.Empty<string>()];

    /// <inheritdoc/>
    protected override int MinPathParts => 1;

    /// <summary>Reads a file.</summary>
    /// <exception cref="DatasetFormatException">It is malformed.</exception>
    public static DarknetDatasetFile Open(string path)
    {
        var (values, number) = (new Dictionary<string, (string, int)>(StringComparer.Ordinal), 0);
        foreach (var text in SetText.ReadLines(path))
        {
            number++;
            var line = text.Trim();
            if (line.Length == 0 || line[0] is '#' or ';')
                continue;
            var parts = line.Split('=', 2, StringSplitOptions.TrimEntries);
            if (parts is not [{ Length: > 0 } key, { Length: > 0 } value])
                throw new DatasetFormatException(path, number, $"'{line}' is not a key, an equals sign and a value.");
            // The format's own word for "val".
            if (!values.TryAdd(key == "valid" ? "val" : key, (value, number)))
                throw new DatasetFormatException(path, number, $"'{key}' is there twice.");
        }

        return new DarknetDatasetFile(path, values);
    }

    /// <inheritdoc/>
    protected override IReadOnlyList<(string Text, int Line)> Entries(string split) => [_values[split]];

    private string[] ReadNames()
    {
        if (!_values.TryGetValue("names", out var entry))
            throw new DatasetFormatException(FilePath, line: null, "'names' is missing; a text file of class names, one per line, was expected.");
        var places = SetPath.Guesses(entry.Text, 1).Prepend(entry.Text);
        var file = places.Select(name => SetPath.Find(Roots, name, File.Exists)).FirstOrDefault(path => path is not null)
            ?? throw new DatasetFormatException(FilePath, entry.Line, $"the file of class names '{entry.Text}' is not there.");
        var lines = SetText.ReadLines(file).Select(line => line.Trim()).ToList();
        var names = lines.Select((name, i) => (Name: name, Line: i + 1)).Take(lines.FindLastIndex(line => line.Length > 0) + 1).ToList();
        if (names.Count == 0)
            throw new DatasetFormatException(file, line: null, "the file names no class; one name per line was expected.");
        if (names.Find(name => name.Name.Length == 0) is { Line: > 0 } empty)
            throw new DatasetFormatException(file, empty.Line, "the line is empty; the name of a class was expected, since classes are counted by lines.");
        RequireDistinct(file, names);
        return [.. names.Select(name => name.Name)];
    }
}
