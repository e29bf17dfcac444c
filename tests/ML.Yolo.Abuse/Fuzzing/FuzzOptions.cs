using System.Globalization;

namespace ML.Yolo.Abuse.Fuzzing;

/// <summary>How long to fuzz, what, and where to leave what is found.</summary>
internal sealed record FuzzOptions
{
    /// <summary>How long, seconds.</summary>
    public double Seconds { get; init; } = 60;

    /// <summary>Decides every input.</summary>
    public int Seed { get; init; } = Random.Shared.Next(1_000_000);

    /// <summary>The one target; null: all of them in turn.</summary>
    public string? Target { get; init; }

    /// <summary>A folder with a folder per target, whose files are seeds beside the fuzzer's own; null where there is none.</summary>
    public string? Corpus { get; init; }

    /// <summary>Where an input that breaks something is left, and the worker's account.</summary>
    public string Findings { get; init; } = Path.Combine(Path.GetTempPath(), "ml-yolo-fuzz");

    /// <summary>What the environment says: ML_YOLO_FUZZ_SECONDS, ML_YOLO_FUZZ_SEED, ML_YOLO_FUZZ_TARGET, ML_YOLO_FUZZ_CORPUS, ML_YOLO_FUZZ_FINDINGS.</summary>
    public static FuzzOptions FromEnvironment(FuzzOptions defaults)
    {
        var arguments = new[] { "seconds", "seed", "target", "corpus", "findings" }
            .Select(name => (name, value: Environment.GetEnvironmentVariable($"ML_YOLO_FUZZ_{name.ToUpperInvariant()}")))
            .Where(entry => !string.IsNullOrEmpty(entry.value)).SelectMany(entry => new[] { $"--{entry.name}", entry.value! });
        return Parse([.. arguments], defaults);
    }

    /// <exception cref="ArgumentException">There is no such option.</exception>
    public static FuzzOptions Parse(IReadOnlyList<string> arguments, FuzzOptions? defaults = null)
    {
        var options = defaults ?? new FuzzOptions();
        foreach (var pair in arguments.Chunk(2))
        {
            options = pair switch
            {
                ["--seconds", var value] => options with { Seconds = double.Parse(value, CultureInfo.InvariantCulture) },
                ["--seed", var value] => options with { Seed = int.Parse(value, CultureInfo.InvariantCulture) },
                ["--target", var value] => options with { Target = value },
                ["--corpus", var value] => options with { Corpus = Path.GetFullPath(value) },
                ["--findings", var value] => options with { Findings = Path.GetFullPath(value) },
                _ => throw new ArgumentException($"'{string.Join(' ', pair)}' is not an option with its value.", nameof(arguments)),
            };
        }

        return options;
    }

    /// <summary>The same as arguments, for the worker.</summary>
    public IEnumerable<string> ToArguments()
    {
        yield return "--seconds";
        yield return Seconds.ToString(CultureInfo.InvariantCulture);
        yield return "--seed";
        yield return Seed.ToString(CultureInfo.InvariantCulture);
        yield return "--findings";
        yield return Findings;
        foreach (var (name, value) in new[] { ("--target", Target), ("--corpus", Corpus) })
        {
            if (value is null)
                continue;
            yield return name;
            yield return value;
        }
    }
}
