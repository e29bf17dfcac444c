using System.Globalization;
using System.Text;
using ML.Yolo.Cli.Data;

namespace ML.Yolo.Cli.Training;

/// <summary>All that decides a run: the data, seed and device, and every option of the trainer. Written to options.yaml.</summary>
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

    /// <summary>Takes over values: what others are part of first, then the architecture that the weights name, then the parts.</summary>
    /// <param name="values">Names, texts, and who says so.</param>
    /// <param name="architectureOf">Which architecture a file of weights is for; null where it does not say.</param>
    /// <exception cref="UsageException">There is no such option, or a value does not fit.</exception>
    public void Apply(OptionLayers values, Func<string, YoloArchitecture?> architectureOf)
    {
        foreach (var value in values.Whole)
            Apply(value);
        if (Trainer.PretrainedWeights is { } weights)
        {
            Trainer.PretrainedWeights = Existing(weights);
            if (!values.Whole.Any(value => value.Name.Equals(nameof(Trainer.Architecture), StringComparison.OrdinalIgnoreCase)))
                Trainer.Architecture = architectureOf(weights) ?? Trainer.Architecture;
        }

        foreach (var value in values.Parts)
            Apply(value);
    }

    /// <summary>Everything, as YAML that <see cref="OptionLayers.AddFile"/> reads.</summary>
    public string ToYaml()
    {
        var text = new StringBuilder("# What 'mlyolo train' ran. Again: 'mlyolo train --options FILE'. To go on: 'mlyolo train --resume FOLDER'.\n");
        foreach (var name in RunNames)
            Append(text, name, name == "seed" ? Seed.ToString(CultureInfo.InvariantCulture) : _run.GetValueOrDefault(name), isDerived: false);
        var defaults = new YoloTrainer.Options { Loss = (DetectionLossOptions)Activator.CreateInstance(Trainer.ChosenLoss.GetType())! };
        var lists = OptionTree.All(defaults).Where(option => option.IsList).ToDictionary(option => option.Name, option => option.Text);
        foreach (var (name, value, isList) in OptionTree.All(Trainer))
            Append(text, name, value, (isList && lists[name] == value) || (Trainer.Loss is null && name.Split('.')[0] == nameof(Trainer.Loss)));
        return text.ToString();
    }

    // What has no value, or follows from others unless it is set, as lists and the loss do, stands there for people alone.
    private static void Append(StringBuilder text, string name, string? value, bool isDerived)
    {
        if (value is null)
            text.Append(CultureInfo.InvariantCulture, $"# {name}:\n");
        else
            text.Append(CultureInfo.InvariantCulture, $"{(isDerived ? "# " : "")}{name}: {Quoted(value)}\n");
    }

    private static string Quoted(string value)
    {
        var isPlain = value.All(character => char.IsAsciiLetterOrDigit(character) || character is '.' or '-' or ',');
        return isPlain ? value : $"'{value.Replace("'", "''", StringComparison.Ordinal)}'";
    }

    private static string Existing(string weights)
    {
        DatasetSource.RefuseAddress(weights, "--weights");
        return File.Exists(weights)
            ? Path.GetFullPath(weights)
            : throw new UsageException($"--weights '{weights}' does not exist; a .safetensors, a .pt or a model.zip is expected.");
    }

    private void Apply(OptionValue value)
    {
        if (RunNames.Contains(value.Name))
            SetRun(value.Name, value.Text, value.Source);
        else
            OptionTree.Set(Trainer, value.Name, value.Text, value.Source);
    }

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
