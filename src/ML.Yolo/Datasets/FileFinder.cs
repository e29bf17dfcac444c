using System.Collections.Concurrent;

namespace ML.Yolo.Datasets;

/// <summary>Finds files whose names are written with other capitals than the disk has. A folder is listed once. For any number of threads.</summary>
internal sealed class FileFinder
{
    private readonly ConcurrentDictionary<string, Dictionary<string, string>> _folders = new(StringComparer.Ordinal);

    /// <summary>The path of a file; null where there is none.</summary>
    public string? Find(string path)
    {
        if (File.Exists(path))
            return path;
        return Path.GetDirectoryName(path) is { } folder && _folders.GetOrAdd(folder, List).TryGetValue(Path.GetFileName(path), out var found) ? found : null;
    }

    private static Dictionary<string, string> List(string folder)
    {
        var files = new Dictionary<string, string>(StringComparer.OrdinalIgnoreCase);
        if (!Directory.Exists(folder))
            return files;
        foreach (var file in Directory.EnumerateFiles(folder).Order(StringComparer.Ordinal))
            files.TryAdd(Path.GetFileName(file), file);
        return files;
    }
}
