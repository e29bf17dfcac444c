namespace ML.Yolo.Cli.Data;

/// <summary>Classes that get other names, two of one name becoming one, and classes that are left out.</summary>
internal sealed class ClassEdits
{
    private readonly Dictionary<string, string> _renamed = new(StringComparer.Ordinal);
    private readonly HashSet<string> _dropped;

    /// <param name="renames">OLD=NEW, each.</param>
    /// <param name="drops">Names to leave out.</param>
    /// <param name="classNames">Names there are.</param>
    /// <exception cref="UsageException">A name is not there, or there is no new one.</exception>
    public ClassEdits(IEnumerable<string> renames, IEnumerable<string> drops, IReadOnlyCollection<string> classNames)
    {
        foreach (var text in renames)
        {
            if (text.Split('=') is not [{ Length: > 0 } old, { Length: > 0 } name])
                throw new UsageException($"--rename is '{text}'; OLD=NEW is expected.");
            _renamed[Known(old, "--rename", classNames)] = name;
        }

        _dropped = drops.Select(name => Known(name, "--drop", classNames)).ToHashSet(StringComparer.Ordinal);
        ClassNames = [.. classNames.Where(name => !_dropped.Contains(name)).Select(NewName).Distinct(StringComparer.Ordinal)];
        if (ClassNames.Count == 0)
            throw new UsageException("--drop leaves no class; at least one must remain.");
    }

    /// <summary>The classes that remain, in the order of the set.</summary>
    public IReadOnlyList<string> ClassNames { get; }

    /// <summary>The picture with its labels as they are to be. It stays where all of its objects go.</summary>
    public LabelledPicture Apply(LabelledPicture picture)
    {
        var kept = Enumerable.Range(0, picture.Label.Length).Where(i => !_dropped.Contains(picture.Label[i])).ToList();
        return new LabelledPicture
        {
            ImagePath = picture.ImagePath,
            Label = [.. kept.Select(i => NewName(picture.Label[i]))],
            BoundingBoxes = [.. kept.SelectMany(i => picture.BoundingBoxes.Skip(4 * i).Take(4))],
        };
    }

    private static string Known(string name, string option, IReadOnlyCollection<string> classNames) => classNames.Contains(name)
        ? name
        : throw new UsageException($"{option} names '{name}', which is not a class of the set; there are {string.Join(", ", classNames)}.");

    private string NewName(string name) => _renamed.GetValueOrDefault(name, name);
}
