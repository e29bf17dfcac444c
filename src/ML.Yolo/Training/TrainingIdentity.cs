using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json.Nodes;
using System.Text.Json.Serialization;
using ML.Yolo.Samples;

namespace ML.Yolo.Training;

/// <summary>What a run must have in common with the one it goes on from.</summary>
/// <param name="Seed">Seed of the run.</param>
/// <param name="ClassNames">Classes in their order.</param>
/// <param name="Samples">Number of training samples.</param>
/// <param name="Data">Checksum of the samples' sizes and objects.</param>
/// <param name="Options">The options as JSON.</param>
/// <param name="Loss">Name of the loss variant; null in checkpoints of earlier versions.</param>
/// <param name="Processes">Number of processes that shared every batch.</param>
internal sealed record TrainingIdentity(
    int Seed, string[] ClassNames, int Samples, string Data, JsonObject Options, string? Loss = null, int Processes = 1)
{
    /// <summary>What is wrong with it, where it was read; null where nothing is.</summary>
    [JsonIgnore]
    public string? Flaw => ClassNames.Length == 0 || ClassNames.Any(name => name is null) ? "its 'ClassNames' is empty, or holds null" : null;

    /// <summary>The identity of a run over a set.</summary>
    public static TrainingIdentity Of(
        TrainingSet set, IReadOnlyList<string> classNames, JsonObject options, string loss, int seed, int processes = 1)
        => new(seed, [.. classNames], set.Samples.Count, Checksum(set), options, loss, processes);

    /// <summary>Throws where the weights of an earlier run mean something else in this one.</summary>
    /// <param name="earlier">The run that wrote them.</param>
    /// <param name="source">Its checkpoint, for messages.</param>
    /// <exception cref="WeightsFormatException">Classes, their order, the architecture or the loss variant differ; the message names both.</exception>
    public void RequireSameModel(TrainingIdentity earlier, string source)
    {
        if (!ClassNames.AsSpan().SequenceEqual(earlier.ClassNames))
        {
            var (before, now) = (Listed(earlier.ClassNames), Listed(ClassNames));
            throw Refused(source, $"it learned the classes {before}, and {now} are to be learned: each output would mean another class");
        }

        const string architecture = "Architecture";
        if (!JsonNode.DeepEquals(Options[architecture], earlier.Options[architecture]))
            throw Refused(source, $"its architecture is {Text(earlier.Options[architecture])}, and {Text(Options[architecture])} is to be trained");
        if (Loss is not null && earlier.Loss is not null && Loss != earlier.Loss)
            throw Refused(source, $"its loss is {earlier.Loss}, and {Loss} is to be trained: both read the same outputs as other boxes");
    }

    /// <summary>A line for each thing that differs from an earlier run.</summary>
    public IEnumerable<string> ChangesSince(TrainingIdentity earlier)
    {
        if (Seed != earlier.Seed)
            yield return $"the seed was {earlier.Seed} and is {Seed}";
        if (Processes != earlier.Processes)
        {
            yield return $"{Counted(earlier.Processes)} shared every batch, and now {Counted(Processes)}: the samples are the same, "
                + "and sums are rounded otherwise";
        }

        if (Samples != earlier.Samples || Data != earlier.Data)
            yield return $"the training data had {earlier.Samples} samples and has {Samples}, or their sizes or objects changed";
        foreach (var name in Options.Select(option => option.Key).Union(earlier.Options.Select(option => option.Key)))
        {
            if (!JsonNode.DeepEquals(Options[name], earlier.Options[name]))
                yield return $"{name} was {Text(earlier.Options[name])} and is {Text(Options[name])}";
        }
    }

    private static WeightsFormatException Refused(string source, string difference)
        => new($"'{source}' cannot be gone on from: {difference}. Use another folder, or start from its weights by PretrainedWeights.");

    private static string Counted(int processes) => processes == 1 ? "1 process" : FormattableString.Invariant($"{processes} processes");

    private static string Listed(string[] names) => $"({string.Join(", ", names)})";

    private static string Text(JsonNode? value) => value?.ToJsonString() ?? "null";

    private static string Checksum(TrainingSet set)
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        foreach (var sample in set.Samples)
        {
            var boxes = string.Join(',', sample.Boxes.SelectMany(Corners).Select(value => value.ToString("R", CultureInfo.InvariantCulture)));
            var (width, height) = (sample.Letterbox.Width, sample.Letterbox.Height);
            var line = string.Create(CultureInfo.InvariantCulture, $"{width},{height};{string.Join(',', sample.Classes)};{boxes}\n");
            hash.AppendData(Encoding.UTF8.GetBytes(line));
        }

        return Convert.ToHexString(hash.GetHashAndReset());

        static float[] Corners(Box box) => [box.X0, box.Y0, box.X1, box.Y1];
    }
}
