using System.Globalization;
using YamlDotNet.Core;
using YamlDotNet.RepresentationModel;

namespace ML.Yolo.Datasets;

/// <summary>The <c>data.yaml</c> of a set in the YOLO format: class names, and where each split's images are.</summary>
internal sealed class YoloDatasetFile
{
    private const string ExpectedNames = "a list of class names, or a map from index to name, was expected.";

    private static readonly string[] SplitNames = ["train", "val", "test"];

    private readonly YamlMappingNode _root;
    private readonly string _folder;

    private YoloDatasetFile(string path, YamlMappingNode root)
    {
        (FilePath, _root) = (path, root);
        _folder = Path.GetDirectoryName(path)!;
        ClassNames = ReadNames();
    }

    /// <summary>Full path of the file.</summary>
    public string FilePath { get; }

    /// <summary>Class names by index.</summary>
    public IReadOnlyList<string> ClassNames { get; }

    /// <summary>Reads the file, or the one in a folder.</summary>
    /// <exception cref="FileNotFoundException">There is none.</exception>
    /// <exception cref="DatasetFormatException">It is malformed.</exception>
    public static YoloDatasetFile Read(string path)
    {
        var file = Find(Path.GetFullPath(path));
        try
        {
            using var reader = new StreamReader(file);
            var stream = new YamlStream();
            stream.Load(new ShallowYamlParser(reader));
            return stream.Documents is [{ RootNode: YamlMappingNode root }]
                ? new YoloDatasetFile(file, root)
                : throw new DatasetFormatException(file, line: null, "one YAML mapping with 'names' and 'train' was expected.");
        }
        catch (Exception exception) when (exception is YamlException or InvalidOperationException)   // YamlDotNet throws the latter where a list never ends
        {
            throw new DatasetFormatException(file, (int?)(exception as YamlException)?.Start.Line, $"not valid YAML: {exception.Message}", exception);
        }
    }

    /// <summary>Folders of images, or text files of image paths, of a split.</summary>
    /// <exception cref="DatasetFormatException">The file does not name the split, or what it names does not exist.</exception>
    public IReadOnlyList<string> Locations(string split)
    {
        if (!_root.Children.TryGetValue(split, out var node))
        {
            var present = SplitNames.Where(name => _root.Children.ContainsKey(name)).Select(name => $"'{name}'");
            throw new DatasetFormatException(FilePath, line: null, $"there is no split '{split}'; there are {string.Join(", ", present)}.");
        }

        var entries = node is YamlSequenceNode list ? list.Children : [node];
        return [.. entries.Select(entry => Resolve(Scalar(entry, split), Line(entry)))];
    }

    private static string Find(string path)
    {
        if (File.Exists(path))
            return path;
        if (!Directory.Exists(path))
            throw new FileNotFoundException($"'{path}' does not exist; a data.yaml or a folder that holds one was expected.", path);
        var named = new[] { "data.yaml", "data.yml" }.Select(name => Path.Combine(path, name)).FirstOrDefault(File.Exists);
        if (named is not null)
            return named;
        var others = Directory.GetFiles(path, "*.yaml");
        return others.Length == 1
            ? others[0]
            : throw new FileNotFoundException($"The folder '{path}' holds no data.yaml and {others.Length} other .yaml files; one was expected.", path);
    }

    private string Resolve(string location, int line)
    {
        var roots = new List<string>();
        if (_root.Children.TryGetValue("path", out var node))
            roots.Add(Path.Combine(_folder, Scalar(node, "path")));
        roots.Add(_folder);
        var candidates = roots.Select(root => Path.GetFullPath(Path.Combine(root, location))).ToList();
        if (candidates.FirstOrDefault(Path.Exists) is { } found)
            return found;
        var places = string.Join(" and ", candidates.Distinct(StringComparer.Ordinal).Select(candidate => $"'{candidate}'"));
        throw new DatasetFormatException(FilePath, line, $"'{location}' is neither a folder nor a file; looked for {places}.");
    }

    private string[] ReadNames()
    {
        if (!_root.Children.TryGetValue("names", out var node))
            throw new DatasetFormatException(FilePath, line: null, $"'names' is missing; {ExpectedNames}");
        var names = node switch
        {
            YamlSequenceNode list => [.. list.Children.Select(name => Scalar(name, "names"))],
            YamlMappingNode map => ReadMap(map),
            _ => throw Wrong(node, $"'names' is a single value; {ExpectedNames}"),
        };
        if (names.Length == 0)
            throw Wrong(node, "'names' is empty; at least one class was expected.");
        if (_root.Children.TryGetValue("nc", out var count) && Scalar(count, "nc") != names.Length.ToString(CultureInfo.InvariantCulture))
            throw Wrong(count, $"'nc' is {Scalar(count, "nc")}, and 'names' has {names.Length} entries.");
        return names;
    }

    private string[] ReadMap(YamlMappingNode map)
    {
        var names = new string?[map.Children.Count];
        foreach (var (key, value) in map.Children)
        {
            var text = Scalar(key, "names");
            if (!int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var index) || index >= names.Length || names[index] is not null)
                throw Wrong(key, $"'names' has the key '{text}'; each index from 0 to {names.Length - 1} once was expected.");
            names[index] = Scalar(value, "names");
        }

        return names!;
    }

    private string Scalar(YamlNode node, string field)
        => node is YamlScalarNode { Value: { Length: > 0 } value } ? value : throw Wrong(node, $"'{field}' holds no plain text where it was expected.");

    private DatasetFormatException Wrong(YamlNode node, string problem) => new(FilePath, Line(node), problem);

    private static int Line(YamlNode node) => (int)node.Start.Line;
}
