using System.Globalization;

namespace ML.Yolo.Cli.Detecting;

/// <summary>The classes that are wanted, by name or by index.</summary>
internal sealed class ClassFilter
{
    private readonly HashSet<int>? _wanted;

    /// <param name="names">Names or indices, several in one separated by commas; empty: all.</param>
    /// <param name="classNames">Those of the model.</param>
    /// <exception cref="UsageException">The model knows no such class.</exception>
    public ClassFilter(IReadOnlyCollection<string> names, IReadOnlyList<string> classNames)
    {
        if (names.Count > 0)
            _wanted = [.. names.SelectMany(text => Indices(text, classNames))];
    }

    /// <summary>Whether an object is of a class that is wanted.</summary>
    public bool Keeps(DetectedObject found) => _wanted is null || _wanted.Contains(found.ClassIndex);

    private static List<int> Indices(string text, IReadOnlyList<string> classNames)
    {
        // A name may have a comma in it.
        if (Index(text, classNames) is { } whole)
            return [whole];
        return [.. text.Split(',', StringSplitOptions.TrimEntries).Select(part => Index(part, classNames) ?? throw Unknown(part, classNames))];
    }

    private static int? Index(string text, IReadOnlyList<string> classNames)
    {
        var byName = classNames.ToList().FindIndex(name => name.Equals(text, StringComparison.OrdinalIgnoreCase));
        if (byName >= 0)
            return byName;
        return int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var index) && index < classNames.Count ? index : null;
    }

    private static UsageException Unknown(string text, IReadOnlyList<string> classNames)
    {
        const int Shown = 20;
        var names = string.Join(", ", classNames.Take(Shown).Select((name, i) => $"{i} {name}")) + (classNames.Count > Shown ? " …" : "");
        return new($"--classes names '{text}', which the model does not know; it knows {names}.");
    }
}
