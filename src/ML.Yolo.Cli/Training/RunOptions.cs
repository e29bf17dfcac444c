using System.Globalization;
using System.Text;
using ML.Yolo.Cli.Data;

namespace ML.Yolo.Cli.Training;

/// <summary>All that decides a run: the data, seed and device, and every option of the trainer. Written to and read from options.yaml.</summary>
internal sealed class RunOptions
{
    private readonly Dictionary<string, string> _run = new(StringComparer.Ordinal);

    /// <summary>Names beside those of the trainer.</summary>
    public static IReadOnlyList<string> RunNames { get; } = ["data", "images", "val-data", "val-images", "seed", "device"];

    /// <summary>The trainer's options.</summary>
    public YoloTrainer.Options Trainer { get; } = new();

    /// <summary>The set, as given.</summary>
    public string? Data => _run.GetValueOrDefault("data");

    /// <summary>The pictures of a COCO set.</summary>
    public string? Images => _run.GetValueOrDefault("images");

    /// <summary>The set to measure on; null: the val split of the first.</summary>
    public string? ValidationData => _run.GetValueOrDefault("val-data");

    /// <summary>The pictures of that, for COCO; null: those of the first.</summary>
    public string? ValidationImages => _run.GetValueOrDefault("val-images");

    /// <summary>Decides the weights, the order of the data, and what is held out.</summary>
    public int Seed { get; private set; }

    /// <summary>The GPUs to train on; empty: the CPU.</summary>
    public IReadOnlyList<int> Gpus { get; private set; } = [];

    /// <summary>Whether the loss was named.</summary>
    public bool NamesLoss { get; private set; }

    /// <summary>Whether the architecture was named.</summary>
    public bool NamesArchitecture { get; private set; }

    /// <summary>Takes over values; those of what others are part of first.</summary>
    /// <param name="values">Names and texts.</param>
    /// <param name="source">Who says so, for messages.</param>
    /// <exception cref="UsageException">There is no such option, or a value does not fit.</exception>
    public void Apply(IEnumerable<(string Name, string Value)> values, string source)
    {
        foreach (var (name, value) in values.OrderBy(entry => entry.Name.Count(character => character == '.')))
        {
            if (RunNames.Contains(name))
                SetRun(name, value, source);
            else
                OptionTree.Set(Trainer, name, value, source);
            NamesLoss |= name.Equals("Loss", StringComparison.OrdinalIgnoreCase);
            NamesArchitecture |= name.Equals("Architecture", StringComparison.OrdinalIgnoreCase);
        }
    }

    /// <summary>Takes over a file that <see cref="ToYaml"/> wrote, or that a person did.</summary>
    /// <exception cref="UsageException">There is none, or it names what is not there.</exception>
    /// <exception cref="FormatException">It is not YAML.</exception>
    public void ApplyFile(string path, string option)
    {
        if (!File.Exists(path))
            throw new UsageException($"{option} '{path}' does not exist; a YAML file of options is expected.");
        Apply(SimpleYaml.Read(path, depth: 3), path);
    }

    /// <summary>Everything, as YAML that <see cref="ApplyFile"/> reads.</summary>
    public string ToYaml()
    {
        var text = new StringBuilder("# What 'mlyolo train' ran. Run it again with 'mlyolo train --options FILE'; go on with 'mlyolo train --resume FOLDER'.\n");
        foreach (var name in RunNames)
            Append(text, name, name == "seed" ? Seed.ToString(CultureInfo.InvariantCulture) : _run.GetValueOrDefault(name), isDerived: false);
        var defaults = new YoloTrainer.Options { Loss = (DetectionLossOptions)Activator.CreateInstance(Trainer.Loss.GetType())! };
        var derived = OptionTree.All(defaults).Where(option => option.IsList).ToDictionary(option => option.Name, option => option.Text);
        foreach (var (name, value, isList) in OptionTree.All(Trainer))
            Append(text, name, value, isList && derived[name] == value);
        return text.ToString();
    }

    // What has no value, or follows from others as lists do unless they are set, stands there for people alone.
    private static void Append(StringBuilder text, string name, string? value, bool isDerived)
    {
        if (value is null)
            text.Append(CultureInfo.InvariantCulture, $"# {name}:\n");
        else
            text.Append(CultureInfo.InvariantCulture, $"{(isDerived ? "# " : "")}{name}: {Quoted(value)}\n");
    }

    private static string Quoted(string value)
        => value.All(character => char.IsAsciiLetterOrDigit(character) || character is '.' or '-' or ',') ? value : $"'{value.Replace("'", "''", StringComparison.Ordinal)}'";

    private void SetRun(string name, string value, string source)
    {
        if (name == "seed")
            Seed = int.TryParse(value, NumberStyles.None, CultureInfo.InvariantCulture, out var seed) ? seed : throw Wrong("a whole number of at least 0");
        else if (name == "device")
            Gpus = ReadDevice(value) ?? throw Wrong("cpu, the number of a GPU, or several such as 0,1");
        _run[name] = name is "seed" or "device" || value.Contains("://", StringComparison.Ordinal) ? value : Path.GetFullPath(value);

        UsageException Wrong(string expected) => new($"{source}: {name} is '{value}'; {expected} is expected.");
    }

    private static int[]? ReadDevice(string text)
    {
        if (text.Equals("cpu", StringComparison.OrdinalIgnoreCase))
            return [];
        var gpus = new List<int>();
        foreach (var part in text.Split(','))
        {
            if (!int.TryParse(part.Trim(), NumberStyles.None, CultureInfo.InvariantCulture, out var gpu) || gpus.Contains(gpu))
                return null;
            gpus.Add(gpu);
        }

        return [.. gpus];
    }
}
