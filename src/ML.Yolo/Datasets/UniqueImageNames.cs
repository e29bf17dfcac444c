namespace ML.Yolo.Datasets;

/// <summary>Images of several folders may share a name; in a set they share a folder. Labels go by the name without its extension.</summary>
internal sealed class UniqueImageNames
{
    private readonly HashSet<string> _stems = new(StringComparer.OrdinalIgnoreCase);

    /// <summary>Keeps a name, without an extension, from being taken.</summary>
    public void Reserve(string stem) => _stems.Add(stem);

    /// <summary>The name itself, or the first of name-2, name-3 … that is free.</summary>
    /// <param name="name">A file name with its extension.</param>
    public string Take(string name)
    {
        var (stem, extension) = (Path.GetFileNameWithoutExtension(name), Path.GetExtension(name));
        for (var number = 2; !_stems.Add(Path.GetFileNameWithoutExtension(name)); number++)
            name = FormattableString.Invariant($"{stem}-{number}{extension}");
        return name;
    }
}
