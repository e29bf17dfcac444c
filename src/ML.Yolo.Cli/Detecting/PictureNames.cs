namespace ML.Yolo.Cli.Detecting;

/// <summary>Names for the pictures that are saved: each that of its source, and of two alike the second gets a number.</summary>
internal static class PictureNames
{
    /// <summary>Names without extensions, by the order of the paths; the same whoever asks.</summary>
    public static string[] Of(IReadOnlyList<string> paths)
    {
        var taken = new HashSet<string>(StringComparer.OrdinalIgnoreCase);
        return [.. paths.Select(path => Free(Path.GetFileNameWithoutExtension(path), taken))];
    }

    private static string Free(string name, HashSet<string> taken)
    {
        var free = name;
        for (var number = 2; !taken.Add(free); number++)
            free = FormattableString.Invariant($"{name}-{number}");
        return free;
    }
}
