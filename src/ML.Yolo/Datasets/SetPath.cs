namespace ML.Yolo.Datasets;

/// <summary>Paths that files of a set name: written on another system, on another machine, or as a web address.</summary>
internal static class SetPath
{
    /// <summary>Extensions of images that can be read, the most common first.</summary>
    public static readonly IReadOnlyList<string> ImageExtensions = [".jpg", ".jpeg", ".png", ".bmp", ".webp", ".gif", ".jpe", ".jfif"];

    /// <summary>Whether a file name has the extension of an image that can be read.</summary>
    public static bool IsImage(string name) => ImageExtensions.Contains(Path.GetExtension(name), StringComparer.OrdinalIgnoreCase);

    /// <summary>The full path of a name, forward or backward slashes alike; null where it leaves the folder.</summary>
    public static string? Inside(string folder, string name)
    {
        if (string.IsNullOrWhiteSpace(name) || name.Contains('\0', StringComparison.Ordinal))
            return null;
        var root = Path.TrimEndingDirectorySeparator(Path.GetFullPath(folder)) + Path.DirectorySeparatorChar;
        var path = Path.GetFullPath(Path.Combine(root, name.Replace('\\', '/')));
        return path.StartsWith(root, StringComparison.Ordinal) ? path : null;
    }

    /// <summary>
    /// The file or folder that a name means under one of some folders: as written, with its slashes turned, or percent-decoded; null if none.
    /// </summary>
    public static string? Find(IEnumerable<string> folders, string name, Func<string, bool> exists)
        => Spellings(name).SelectMany(_ => folders, (spelling, folder) => Path.GetFullPath(Path.Combine(folder, spelling))).FirstOrDefault(exists);

    /// <summary>How a name may be meant.</summary>
    public static IEnumerable<string> Spellings(string name)
    {
        if (string.IsNullOrWhiteSpace(name) || name.Contains('\0', StringComparison.Ordinal))
            return [];
        string[] plain = [name, name.Replace('\\', '/')];
        var decoded = plain.Select(Uri.UnescapeDataString).Where(text => !text.Contains('\0', StringComparison.Ordinal));
        return plain.Concat(decoded).Distinct(StringComparer.Ordinal);
    }

    /// <summary>
    /// What a path that is not there may mean within the set: without the folders it climbs, and, if it is absolute or one part is enough, its ends, the
    /// longest first.
    /// </summary>
    /// <param name="name">The path, of any system.</param>
    /// <param name="minParts">Folders and names that must be left of a path.</param>
    public static IEnumerable<string> Guesses(string name, int minParts)
    {
        var slashed = name.Replace('\\', '/');
        var parts = slashed.Split('/', StringSplitOptions.RemoveEmptyEntries).SkipWhile(part => part is "." or "..").ToArray();
        if (parts.Length == 0 || parts.Contains(".."))
            return [];
        if (minParts > 1 && slashed[0] != '/' && !HasDrive(slashed))
            return slashed.StartsWith("..", StringComparison.Ordinal) ? [string.Join('/', parts)] : [];
        var first = HasDrive(slashed) ? 1 : 0;
        return Enumerable.Range(first, Math.Max(parts.Length - minParts - first + 1, 0)).Select(i => string.Join('/', parts[i..]));
    }

    /// <summary>The last part of a path of any system.</summary>
    public static string FileName(string path) => path[(path.LastIndexOfAny(['/', '\\']) + 1)..];

    /// <summary>A file name without the extension of an image: a dot may be part of a name.</summary>
    public static string Stem(string name)
        => IsImage(name) ? Path.GetFileNameWithoutExtension(name) : name;

    private static bool HasDrive(string path) => path.Length > 1 && path[1] == ':';
}
