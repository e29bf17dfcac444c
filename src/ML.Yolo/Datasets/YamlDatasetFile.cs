using System.Globalization;
using YamlDotNet.Core;
using YamlDotNet.RepresentationModel;

namespace ML.Yolo.Datasets;

/// <summary>The <c>data.yaml</c> of a set in the YOLO format.</summary>
internal sealed class YamlDatasetFile : YoloDatasetFile
{
    private const string ExpectedNames = "a list of class names, or a map from index to name, was expected.";

    // Keys that tools write and that name no images.
    private static readonly HashSet<string> OtherKeys = new(StringComparer.Ordinal)
    {
        "names", "nc", "path", "download", "kpt_shape", "flip_idx", "kpt_names", "channels", "roboflow", "license", "version", "author", "date", "task",
        "description", "url", "info", "colors",
    };

    private readonly Dictionary<string, YamlNode> _nodes;

    private YamlDatasetFile(string path, string text, YamlMappingNode root)
        : base(path)
    {
        (Text, Root) = (text, root);
        _nodes = root.Children.ToDictionary(entry => ((YamlScalarNode)entry.Key).Value ?? "", entry => entry.Value, StringComparer.Ordinal);
        ClassNames = ReadNames();
        KeyPointNumbers = ReadKeyPoints();
        Roots = Get("path") is { } node ? [.. SetPath.Spellings(Scalar(node, "path")).Select(name => Path.Combine(Folder, name)), Folder] : [Folder];
        SplitNames = [.. _nodes.Keys.Where(IsSplit)];
    }

    /// <summary>The file as written.</summary>
    public string Text { get; }

    /// <summary>The file as parsed.</summary>
    public YamlMappingNode Root { get; }

    /// <inheritdoc/>
    public override IReadOnlyList<string> ClassNames { get; }

    /// <inheritdoc/>
    public override int KeyPointNumbers { get; }

    /// <inheritdoc/>
    public override IReadOnlyList<string> Roots { get; }

    /// <inheritdoc/>
    public override IReadOnlyList<string> SplitNames { get; }

    /// <summary>Reads a file.</summary>
    /// <exception cref="DatasetFormatException">It is malformed.</exception>
    public static YamlDatasetFile Open(string path) => Parse(path, SetText.Read(path));

    /// <summary>Reads the text of a file.</summary>
    /// <exception cref="DatasetFormatException">It is malformed.</exception>
    public static YamlDatasetFile Parse(string path, string text)
    {
        using var reader = new StringReader(text);
        var parser = new ShallowYamlParser(reader);
        try
        {
            var stream = new YamlStream();
            stream.Load(parser);
            return stream.Documents is [{ RootNode: YamlMappingNode root }]
                ? new YamlDatasetFile(path, text, root)
                : throw new DatasetFormatException(path, line: null, "one YAML mapping with 'names' and 'train' was expected.");
        }
        catch (Exception exception) when (exception is not DatasetFormatException)        // YamlDotNet throws any kind where it meets what it did not foresee
        {
            var line = exception is YamlException { Start.Line: > 0 } yaml ? yaml.Start.Line : parser.Line;
            throw new DatasetFormatException(path, (int)line, $"not valid YAML: {exception.Message}", exception);
        }
    }

    /// <inheritdoc/>
    protected override IReadOnlyList<(string Text, int Line)> Entries(string split)
    {
        var node = _nodes[split];
        var entries = node is YamlSequenceNode list ? list.Children : [node];
        return entries.Count > 0 ? [.. entries.Select(entry => (Scalar(entry, split), Line(entry)))] : throw Wrong(node, $"'{split}' is an empty list.");
    }

    private bool IsSplit(string key) => !OtherKeys.Contains(key) && (key is "train" or "val" or "test" ? Get(key) is not null : _nodes[key] switch
    {
        YamlScalarNode => IsThere(_nodes[key]),
        YamlSequenceNode list => list.Children.Count > 0 && list.Children.All(IsThere),
        _ => false,
    });

    /// <summary>A key that nobody knows names a split if something is where it points.</summary>
    private bool IsThere(YamlNode node)
        => node is YamlScalarNode { Value: { Length: > 0 } text }
            && SetPath.Guesses(text, MinPathParts).Prepend(text).Any(name => SetPath.Find(Roots, name, Path.Exists) is not null);

    /// <summary>The value of a key; null where the key is absent or nothing is written behind it.</summary>
    private YamlNode? Get(string key)
        => _nodes.TryGetValue(key, out var node) && !IsNull(node) ? node : null;

    private static bool IsNull(YamlNode node)
        => node is YamlScalarNode { Value: null or "" } or YamlScalarNode { Style: ScalarStyle.Plain, Value: "~" or "null" };

    private string[] ReadNames()
    {
        if (!_nodes.TryGetValue("names", out var node))
            throw new DatasetFormatException(FilePath, line: null, $"'names' is missing; {ExpectedNames}");
        var names = node switch
        {
            YamlSequenceNode list => list.Children,
            YamlMappingNode map => ReadMap(map),
            _ => throw Wrong(node, $"'names' is a single value; {ExpectedNames}"),
        };
        if (names.Count == 0)
            throw Wrong(node, "'names' is empty; at least one class was expected.");
        if (Get("nc") is { } count && !IsCount(Scalar(count, "nc"), names.Count))
            throw Wrong(count, $"'nc' is {Scalar(count, "nc")}, and 'names' has {names.Count} entries.");
        var read = names.Select(name => (Name: Scalar(name, "names"), Line(name))).ToList();
        RequireDistinct(FilePath, read);
        return [.. read.Select(name => name.Name)];
    }

    private static bool IsCount(string text, int count)
        => double.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out var value) && value == count;

    private YamlNode[] ReadMap(YamlMappingNode map)
    {
        var names = new YamlNode?[map.Children.Count];
        foreach (var (key, value) in map.Children)
        {
            var text = Scalar(key, "names");
            if (!int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var index) || index >= names.Length || names[index] is not null)
                throw Wrong(key, $"'names' has the key '{text}'; each index from 0 to {names.Length - 1} once was expected.");
            names[index] = value;
        }

        return names!;
    }

    private int ReadKeyPoints()
    {
        if (Get("kpt_shape") is not { } node)
            return 0;
        var numbers = node is YamlSequenceNode { Children.Count: 2 } list ? list.Children.Select(Number).ToArray() : [];
        return numbers is [> 0 and < 10_000, 2 or 3]
            ? numbers[0] * numbers[1]
            : throw Wrong(node, "'kpt_shape' is not [number of key points, 2 or 3 numbers each].");

        static int Number(YamlNode node)
            => int.TryParse((node as YamlScalarNode)?.Value, NumberStyles.None, CultureInfo.InvariantCulture, out var value) ? value : 0;
    }

    private string Scalar(YamlNode node, string field)
        => node is YamlScalarNode { Value: { Length: > 0 } value } ? value : throw Wrong(node, $"'{field}' holds no plain text where it was expected.");

    private DatasetFormatException Wrong(YamlNode node, string problem) => new(FilePath, Line(node), problem);

    private static int Line(YamlNode node) => (int)node.Start.Line;
}
