using System.Globalization;
using System.Text;
using System.Text.Json.Serialization;
using ML.Yolo.Files;
using ML.Yolo.Training;

namespace ML.Yolo;

/// <summary>How a training run went, epoch by epoch. Kept with the model, and saved in its zip.</summary>
public sealed class TrainingHistory
{
    /// <summary>A history of epochs in their order.</summary>
    [JsonConstructor]
    public TrainingHistory(IReadOnlyList<TrainingEpoch> epochs)
    {
        ArgumentNullException.ThrowIfNull(epochs);
        foreach (var (i, epoch) in epochs.Index())
        {
            if (epoch is null)
                throw new ArgumentException($"Epoch {i + 1} of the history is null.", nameof(epochs));
        }

        Epochs = epochs;
    }

    /// <summary>The epochs, first to last.</summary>
    public IReadOnlyList<TrainingEpoch> Epochs { get; }

    /// <summary>When, where and on what it was trained; null where an earlier version of the library did, which did not write it down.</summary>
    public TrainingRun? Run { get; init; }

    /// <summary>The epoch whose weights were kept: the last of the best by 0.1 · mAP50 + 0.9 · mAP50-95. Null where none was validated.</summary>
    [JsonIgnore]
    public int? BestEpoch
    {
        get
        {
            var validated = Epochs.Where(epoch => epoch is { MAP50: not null, MAP50_95: not null }).ToList();
            var fitness = validated.ConvertAll(epoch => TrainingState.Fitness(epoch.MAP50!.Value, epoch.MAP50_95!.Value));
            return validated.Count == 0 ? null : validated[fitness.LastIndexOf(fitness.Max())].Epoch;
        }
    }

    /// <summary>The history as a table with a line per epoch, separated by commas; what an epoch does not have is empty. The same in every culture.</summary>
    public string ToCsv()
    {
        var text = new StringBuilder();
        var names = Epochs.SelectMany(epoch => epoch.Numbers()).Select(number => number.Name).Distinct().ToList();
        text.Append("epoch,seconds,").AppendJoin(',', names.Select(Quoted)).Append('\n');
        foreach (var epoch in Epochs)
        {
            var numbers = epoch.Numbers().ToDictionary(number => number.Name, number => number.Value);
            text.Append(CultureInfo.InvariantCulture, $"{epoch.Epoch},{epoch.Elapsed.TotalSeconds:F3},");
            text.AppendJoin(',', names.Select(name => numbers.GetValueOrDefault(name)?.ToString("G7", CultureInfo.InvariantCulture))).Append('\n');
        }

        return text.ToString();
    }

    /// <summary>At most so many of the epochs, evenly spread, the last among them.</summary>
    internal TrainingHistory Thinned(int maxEpochs)
    {
        if (Epochs.Count <= maxEpochs)
            return this;
        var step = (double)Epochs.Count / maxEpochs;
        return new TrainingHistory([.. Enumerable.Range(1, maxEpochs).Select(i => Epochs[Math.Min((int)(i * step), Epochs.Count) - 1])]);
    }

    /// <summary>As RFC 4180 has it. Names of losses come out of model zips: no table calculates what begins as a formula does.</summary>
    private static string Quoted(string name)
    {
        var harmless = name.TrimStart() is ['=' or '+' or '-' or '@', ..] ? $"'{name}" : name;
        return harmless.AsSpan().ContainsAny(",\"\r\n") || harmless != name ? $"\"{harmless.Replace("\"", "\"\"", StringComparison.Ordinal)}\"" : name;
    }

    /// <summary>Writes <see cref="ToCsv"/> to a file, whole or not at all.</summary>
    /// <exception cref="IOException">The file cannot be written; the message names it.</exception>
    public void WriteCsv(string path) => AtomicFile.Write(path, stream => stream.Write(Encoding.UTF8.GetBytes(ToCsv())));
}
