using System.Globalization;
using System.Text;
using ML.Yolo.Columns;
using ML.Yolo.Files;
using YamlDotNet.Core;
using YamlDotNet.Core.Events;
using YamlDotNet.RepresentationModel;
using YamlDotNet.Serialization;

namespace ML.Yolo.Datasets;

/// <summary>
/// Adds a split to the data.yaml of a set. What is there stays as it is written, comments, unknown keys and other splits included; where the text cannot be
/// added to, everything stays but comments and layout.
/// </summary>
/// <param name="folder">The set's folder.</param>
/// <param name="split">The split.</param>
/// <param name="images">Where its images are.</param>
internal sealed class YoloYamlWriter(string folder, string split, string images)
{
    private static readonly ISerializer Serializer = new SerializerBuilder().WithQuotingNecessaryStrings(quoteYaml1_1Strings: true).Build();

    private string ShortPath => $"images/{split}";

    /// <summary>Writes the file.</summary>
    /// <param name="existing">The one that is there; null where there is none.</param>
    /// <param name="names">All classes, those of the file first.</param>
    public void Write(YoloDatasetFile? existing, IReadOnlyList<string> names)
    {
        if (existing is not YamlDatasetFile yaml)
        {
            Save(Path.Combine(folder, "data.yaml"), NewText(existing, names));
            return;
        }

        var text = new[] { ShortPath, images }.SelectMany(path => new Func<string>[] { () => Extend(yaml, names, path), () => Rewrite(yaml, names, path) })
            .Select(make => make()).FirstOrDefault(candidate => IsRight(yaml, candidate, names));
        Save(yaml.FilePath, text ?? throw new IOException($"'{yaml.FilePath}' could not be given the split '{split}'."));
    }

    private static void Save(string path, string text) => AtomicFile.Write(path, stream => stream.Write(Encoding.UTF8.GetBytes(text)));

    private string NewText(YoloDatasetFile? existing, IReadOnlyList<string> names)
    {
        var content = new Dictionary<string, object>();
        foreach (var other in existing?.SplitNames ?? [])
            content[other] = existing!.Locations(other, new Remarks());
        foreach (var other in new[] { "train", "val", "test" }.Where(other => Directory.Exists(Path.Combine(folder, "images", other))))
            content.TryAdd(other, $"images/{other}");
        content[split] = ShortPath;
        content["names"] = names.Select((name, index) => (name, index)).ToDictionary(entry => entry.index, entry => entry.name);
        return Serializer.Serialize(content);
    }

    /// <summary>Whether the text says all that the file said, and the split and the classes besides.</summary>
    private bool IsRight(YamlDatasetFile yaml, string text, IReadOnlyList<string> names)
    {
        try
        {
            var read = YamlDatasetFile.Parse(yaml.FilePath, text);
            var others = yaml.Root.Children.Where(entry => Key(entry.Key) is var key && key != split && key != "names" && key != "nc");
            return read.ClassNames.SequenceEqual(names)
                && read.Locations(split, new Remarks()) is [var location] && Path.GetFullPath(location) == images
                && others.All(entry => read.Root.Children.TryGetValue(entry.Key, out var node) && node.Equals(entry.Value));
        }
        catch (DatasetFormatException)
        {
            return false;
        }
    }

    /// <summary>The text as written, with what is new put in at its place.</summary>
    private string Extend(YamlDatasetFile yaml, IReadOnlyList<string> names, string path)
    {
        var edits = new List<(int Start, int End, string Text)>();
        var added = names.Skip(yaml.ClassNames.Count).ToList();
        foreach (var (key, value) in yaml.Root.Children)
        {
            if (Key(key) == split)
                edits.Add((Position(value.Start), Position(value.End), $" {Quoted(path)}"));
            else if (Key(key) == "nc" && added.Count > 0)
                edits.Add((Position(value.Start), Position(value.End), names.Count.ToString(CultureInfo.InvariantCulture)));
            else if (Key(key) == "names" && added.Count > 0)
                edits.Add(Addition(yaml, value, added));
        }

        var text = new StringBuilder(yaml.Text);
        foreach (var (start, end, replacement) in edits.OrderByDescending(edit => edit.Start))
            text.Remove(start, Math.Max(end - start, 0)).Insert(start, replacement);
        if (yaml.SplitNames.Contains(split) || yaml.Root.Children.Keys.Any(key => Key(key) == split))
            return text.ToString();
        var line = yaml.Text.Contains("\r\n", StringComparison.Ordinal) ? "\r\n" : "\n";
        if (text.Length > 0 && text[^1] != '\n')
            text.Append(line);
        return text.Append(CultureInfo.InvariantCulture, $"{Quoted(split)}: {Quoted(path)}{line}").ToString();
    }

    private static (int Start, int End, string Text) Addition(YamlDatasetFile yaml, YamlNode node, List<string> added)
    {
        var entries = node is YamlMappingNode map ? map.Children.Select(entry => (Begin: entry.Key, End: entry.Value)).ToList()
            : [.. ((YamlSequenceNode)node).Children.Select(child => (child, child))];
        var last = entries.MaxBy(entry => entry.End.End.Index);
        var end = Position(last.End.End);
        while (end > 0 && char.IsWhiteSpace(yaml.Text[end - 1]))
            end--;
        var isFlow = node is YamlMappingNode { Style: MappingStyle.Flow } or YamlSequenceNode { Style: SequenceStyle.Flow };
        var start = yaml.Text.LastIndexOf('\n', Math.Max(Position(last.Begin.Start) - 1, 0)) + 1;

        // An entry of its own line begins as the one before it: with the same spaces, and its dash where it is one of a list.
        var between = isFlow ? ", " : $"\n{yaml.Text[start..Position(last.Begin.Start)]}";
        var texts = added.Select((name, i) => node is YamlMappingNode ? FormattableString.Invariant($"{entries.Count + i}: {Quoted(name)}") : Quoted(name));
        return (end, end, string.Concat(texts.Select(text => between + text)));
    }

    /// <summary>The nodes of the file with the new ones, written anew.</summary>
    private string Rewrite(YamlDatasetFile yaml, IReadOnlyList<string> names, string path)
    {
        var root = new YamlMappingNode();
        foreach (var (key, value) in yaml.Root.Children)
            root.Add(key, value);
        root.Children[new YamlScalarNode(split)] = new YamlScalarNode(path) { Style = ScalarStyle.DoubleQuoted };
        root.Children[new YamlScalarNode("names")] = new YamlSequenceNode(names.Select(name => new YamlScalarNode(name) { Style = ScalarStyle.DoubleQuoted }));
        if (root.Children.ContainsKey(new YamlScalarNode("nc")))
            root.Children[new YamlScalarNode("nc")] = new YamlScalarNode(names.Count.ToString(CultureInfo.InvariantCulture));
        using var text = new StringWriter(CultureInfo.InvariantCulture);
        new YamlStream(new YamlDocument(root)).Save(text, assignAnchors: false);
        return text.ToString();
    }

    private static string? Key(YamlNode node) => (node as YamlScalarNode)?.Value;

    private static int Position(Mark mark) => (int)mark.Index;

    /// <summary>A text as YAML reads it again.</summary>
    private static string Quoted(string text) => Serializer.Serialize(text).TrimEnd('\r', '\n');
}
