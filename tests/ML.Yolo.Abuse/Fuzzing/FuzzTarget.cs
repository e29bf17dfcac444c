using ML.Yolo.Abuse.Fuzzing.Mutations;

namespace ML.Yolo.Abuse.Fuzzing;

/// <summary>A reader, the files it is given, and what it may do with them.</summary>
internal sealed class FuzzTarget
{
    /// <summary>Max. length of an input: the limits on time and memory are for small ones.</summary>
    public const int MaxLength = 1 << 20;

    private const int MaxMutations = 5;

    /// <summary>Name, also of its folder in a corpus.</summary>
    public required string Name { get; init; }

    /// <summary>Whole files that are read without complaint, or with a documented one.</summary>
    public required IReadOnlyList<byte[]> Seeds { get; init; }

    /// <summary>How inputs are made of them, beside cutting, splicing and changing bytes.</summary>
    public required IReadOnlyList<Mutation> Mutations { get; init; }

    /// <summary>
    /// Reads an input to its end. Throws one of <see cref="Documented"/> where it is refused, <see cref="FuzzFindingException"/> where what was accepted is
    /// wrong.
    /// </summary>
    public required Action<byte[]> Read { get; init; }

    /// <summary>The exceptions that the reader documents.</summary>
    public required IReadOnlyList<Type> Documented { get; init; }

    /// <summary>The input of a number: the same for the same seeds.</summary>
    public byte[] Input(int seed, int number)
    {
        var random = new Random(unchecked((((seed * 31) + StableHash(Name)) * 1_000_003) + (number * 7919)));
        var input = Seeds[random.Next(Seeds.Count)];
        for (var left = 1 + random.Next(MaxMutations); left > 0; left--)
        {
            var choice = random.Next(4);
            input = choice switch
            {
                0 => ByteMutations.Splice(input, Seeds[random.Next(Seeds.Count)], random),
                1 => ByteMutations.Change(input, random),
                _ when Mutations.Count > 0 => Mutations[random.Next(Mutations.Count)](input, random),
                _ => ByteMutations.Change(input, random),
            };
            if (input.Length > MaxLength)
                input = input[..MaxLength];
        }

        return input;
    }

    /// <summary>Whether an exception is one that the reader documents.</summary>
    public bool IsDocumented(Exception exception) => Documented.Any(type => type.IsInstanceOfType(exception));

    private static int StableHash(string text) => text.Aggregate(17, (hash, letter) => unchecked((hash * 31) + letter));
}
