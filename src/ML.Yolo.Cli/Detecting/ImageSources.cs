using ML.Yolo.Cli.Data;

namespace ML.Yolo.Cli.Detecting;

/// <summary>The pictures that --source names: files, folders, patterns, lists, standard input.</summary>
internal static class ImageSources
{
    private static readonly HashSet<string> Extensions = new(StringComparer.OrdinalIgnoreCase) { ".bmp", ".gif", ".jpeg", ".jpg", ".png", ".webp" };
    private static readonly char[] Wildcards = ['*', '?'];

    /// <summary>Paths of the pictures as they are named, in that order; those of a folder or pattern in alphabetical order (ordinal).</summary>
    /// <param name="sources">What is named.</param>
    /// <param name="input">Standard input.</param>
    /// <exception cref="UsageException">Something named is not there, or names no picture.</exception>
    public static IReadOnlyList<string> Find(IEnumerable<string> sources, TextReader input) => [.. sources.SelectMany(source => Find(source, input))];

    private static IReadOnlyList<string> Find(string source, TextReader input)
    {
        DatasetSource.RefuseAddress(source, "--source");
        if (source == "-")
            return List(input, "", "--source -");
        if (File.Exists(source))
            return Path.GetExtension(source).Equals(".txt", StringComparison.OrdinalIgnoreCase) ? ListFile(source) : [source];
        if (Directory.Exists(source))
            return NotEmpty(Pictures(source, "*", SearchOption.TopDirectoryOnly), $"--source '{source}' is a folder without pictures");
        if (source.IndexOfAny(Wildcards) >= 0)
            return NotEmpty(Matches(source), $"--source '{source}' matches no picture");
        const string Expected = "a picture, a folder, a pattern, a .txt of paths, or - for paths on standard input, is expected.";
        throw new UsageException($"--source '{source}' does not exist; {Expected}");
    }

    private static string[] NotEmpty(string[] found, string problem) => found.Length > 0
        ? found
        : throw new UsageException($"{problem}; {string.Join(", ", Extensions.Order(StringComparer.Ordinal))} are expected.");

    private static string[] Pictures(string folder, string pattern, SearchOption depth)
    {
        var files = Directory.EnumerateFiles(folder, pattern, depth);
        return [.. files.Where(path => Extensions.Contains(Path.GetExtension(path))).Order(StringComparer.Ordinal)];
    }

    /// <summary>Part after part of the path: * and ? within a name, ** for any folders.</summary>
    private static string[] Matches(string pattern)
    {
        var full = Path.GetFullPath(pattern);
        var root = Path.GetPathRoot(full)!;
        var parts = full[root.Length..].Split(Path.DirectorySeparatorChar, StringSplitOptions.RemoveEmptyEntries);
        IEnumerable<string> folders = [root];
        foreach (var part in parts[..^1])
            folders = folders.SelectMany(folder => Folders(folder, part)).Distinct(StringComparer.Ordinal);
        var files = parts[^1] == "**"
            ? folders.SelectMany(folder => Pictures(folder, "*", SearchOption.AllDirectories))
            : folders.Where(Directory.Exists).SelectMany(folder => Pictures(folder, parts[^1], SearchOption.TopDirectoryOnly));
        var found = files.Distinct(StringComparer.Ordinal).Order(StringComparer.Ordinal);
        return [.. Path.IsPathRooted(pattern) ? found : found.Select(path => Path.GetRelativePath(Environment.CurrentDirectory, path))];
    }

    private static IEnumerable<string> Folders(string folder, string part)
    {
        if (part == "**")
            return Directory.EnumerateDirectories(folder, "*", SearchOption.AllDirectories).Prepend(folder);
        if (part.IndexOfAny(Wildcards) >= 0)
            return Directory.EnumerateDirectories(folder, part);
        var inner = Path.Combine(folder, part);
        return Directory.Exists(inner) ? [inner] : [];
    }

    private static List<string> ListFile(string path)
    {
        using var reader = new StreamReader(path);
        return List(reader, Path.GetDirectoryName(path) ?? "", $"--source '{path}'");
    }

    private static List<string> List(TextReader reader, string folder, string name)
    {
        var paths = new List<string>();
        while (reader.ReadLine() is { } line)
        {
            if (string.IsNullOrWhiteSpace(line))
                continue;
            DatasetSource.RefuseAddress(line, name);
            paths.Add(Path.Combine(folder, line.Trim()));
        }

        return paths.Count > 0 ? paths : throw new UsageException($"{name} lists no picture; a path per line is expected.");
    }
}
