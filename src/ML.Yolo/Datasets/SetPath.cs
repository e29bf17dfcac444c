namespace ML.Yolo.Datasets;

/// <summary>Paths that files of a set name.</summary>
internal static class SetPath
{
    /// <summary>The full path of a name, forward or backward slashes alike; null where it leaves the folder.</summary>
    public static string? Inside(string folder, string name)
    {
        if (string.IsNullOrWhiteSpace(name) || name.Contains('\0', StringComparison.Ordinal))
            return null;
        var root = Path.TrimEndingDirectorySeparator(Path.GetFullPath(folder)) + Path.DirectorySeparatorChar;
        var path = Path.GetFullPath(Path.Combine(root, name.Replace('\\', '/')));
        return path.StartsWith(root, StringComparison.Ordinal) ? path : null;
    }
}
