namespace ML.Yolo.Weights;

/// <summary>Which of the classes to be learned the weights know already: those of the same name, letter for letter.</summary>
internal sealed class ClassNameMatch
{
    private readonly IReadOnlyList<string>? _found;

    /// <param name="found">The classes of the weights, by index; null where they are not told.</param>
    /// <param name="wanted">The classes to be learned, by index.</param>
    public ClassNameMatch(IReadOnlyList<string>? found, IReadOnlyList<string> wanted)
    {
        (_found, Wanted) = (found, wanted);
        var pairs = new List<(int, int)>();
        for (var i = 0; i < wanted.Count; i++)
        {
            for (var j = 0; j < found?.Count; j++)
            {
                if (found[j] != wanted[i])
                    continue;
                pairs.Add((j, i));
                break;
            }
        }

        Pairs = pairs;
    }

    /// <summary>Whether the weights tell their classes, and these are others or in another order.</summary>
    public bool Differs => _found is not null && !_found.SequenceEqual(Wanted);

    /// <summary>Whether the weights tell their classes.</summary>
    public bool IsKnown => _found is not null;

    /// <summary>The classes to be learned, by index.</summary>
    public IReadOnlyList<string> Wanted { get; }

    /// <summary>Indices of a class in the weights and among those to be learned.</summary>
    public IReadOnlyList<(int Found, int Wanted)> Pairs { get; }
}
