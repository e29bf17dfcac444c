using ML.Yolo.Cli.Data;

namespace ML.Yolo.Cli.Training;

/// <summary>Values from several places, of which each later one wins; one that replaces an option replaces what was said of its parts too.</summary>
internal sealed class OptionLayers
{
    private const int MaxDepth = 3;

    private List<OptionValue> _values = [];

    /// <summary>Options of their own.</summary>
    public IEnumerable<OptionValue> Whole => _values.Where(value => !value.IsPart);

    /// <summary>Parts of others, such as Loss.BoxWeight.</summary>
    public IEnumerable<OptionValue> Parts => _values.Where(value => value.IsPart);

    /// <summary>Adds values that win over those before.</summary>
    public void Add(IReadOnlyCollection<OptionValue> values)
        => _values = [.. _values.Where(earlier => !values.Any(value => Replaces(value.Name, earlier.Name))), .. values];

    /// <summary>Adds a file that <see cref="RunOptions.ToYaml"/> wrote, or that a person did.</summary>
    /// <exception cref="UsageException">There is none.</exception>
    /// <exception cref="FormatException">It is not YAML.</exception>
    public void AddFile(string path, string option)
    {
        if (!File.Exists(path))
            throw new UsageException($"{option} '{path}' does not exist; a YAML file of options is expected.");
        Add([.. SimpleYaml.Read(path, MaxDepth).Select(entry => new OptionValue(entry.Name, entry.Value, path))]);
    }

    private static bool Replaces(string later, string earlier)
        => earlier.Equals(later, StringComparison.OrdinalIgnoreCase) || earlier.StartsWith(later + ".", StringComparison.OrdinalIgnoreCase);
}
