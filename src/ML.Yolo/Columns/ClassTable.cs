namespace ML.Yolo.Columns;

/// <summary>Classes by name and by index. Names are compared as they are, letter for letter.</summary>
internal sealed class ClassTable
{
    private readonly List<string> _names = [];
    private readonly Dictionary<string, int> _indices = new(StringComparer.Ordinal);

    /// <param name="names">Names by index; of equal ones the first counts.</param>
    public ClassTable(IEnumerable<string> names)
    {
        foreach (var name in names)
        {
            _indices.TryAdd(name, _names.Count);
            _names.Add(name);
        }
    }

    /// <summary>Whether a name that is not there gets the next index. Only then may one thread alone use the table.</summary>
    public bool TakesNewNames { get; init; }

    /// <summary>Names by index.</summary>
    public IReadOnlyList<string> Names => _names;

    /// <summary>The index of a class; −1 where it is not there.</summary>
    public int IndexOf(ReadOnlySpan<char> name)
    {
        if (_indices.GetAlternateLookup<ReadOnlySpan<char>>().TryGetValue(name, out var index))
            return index;
        return TakesNewNames ? Add(name.ToString()) : -1;
    }

    private int Add(string name)
    {
        _names.Add(name);
        return _indices[name] = _names.Count - 1;
    }
}
