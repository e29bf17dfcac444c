using System.Text.Json;
using ML.Yolo.Weights;
using static TorchSharp.torch;

namespace ML.Yolo.Training;

/// <summary>All that is needed to go on with a run, in one safetensors file: numbers as tensors, the rest as JSON in its metadata.</summary>
/// <remarks>The history, which grows with every epoch, is JSON in a tensor of bytes: a header has a bound. Earlier versions kept it in the header.</remarks>
/// <param name="State">Where the run stands.</param>
/// <param name="Identity">Which run it is.</param>
/// <param name="History">The epochs that are over.</param>
internal sealed record Checkpoint(TrainingState State, TrainingIdentity Identity, TrainingHistory History)
{
    private const string MetadataKey = "checkpoint";
    private const string HistoryName = "history";

    private static readonly JsonSerializerOptions Json = new()
    {
        AllowDuplicateProperties = false,
        RespectNullableAnnotations = true,
        RespectRequiredConstructorParameters = true,
    };

    /// <summary>Writes a checkpoint, whole or not at all.</summary>
    /// <param name="path">The file to make or replace.</param>
    /// <param name="tensors">Tensors by name.</param>
    /// <exception cref="IOException">The file cannot be written; the message names it.</exception>
    public void Save(string path, IReadOnlyDictionary<string, Tensor> tensors)
    {
        using var scope = NewDisposeScope();
        var header = JsonSerializer.Serialize(this with { History = new TrainingHistory([]) }, Json);
        var all = new Dictionary<string, Tensor>(tensors) { [HistoryName] = tensor(JsonSerializer.SerializeToUtf8Bytes(History, Json)) };
        Safetensors.Save(path, all, new Dictionary<string, string> { [MetadataKey] = header });
    }

    /// <summary>Reads a checkpoint; the caller disposes the tensors.</summary>
    /// <exception cref="WeightsFormatException">The file is damaged, or no checkpoint.</exception>
    public static (Checkpoint Checkpoint, IReadOnlyDictionary<string, Tensor> Tensors) Load(string path)
    {
        var tensors = Safetensors.Load(path);
        try
        {
            var checkpoint = ReadHeader(path);
            if (tensors.TryGetValue(HistoryName, out var history))
                checkpoint = checkpoint with { History = Read<TrainingHistory>(path, HistoryName, history.bytes) };
            CheckFinite(path, tensors);
            return (checkpoint, tensors);
        }
        catch
        {
            foreach (var tensor in tensors.Values)
                tensor.Dispose();
            throw;
        }
    }

    /// <summary>Reads a checkpoint without its tensors, and so without its history.</summary>
    /// <exception cref="WeightsFormatException">The file is damaged, or no checkpoint.</exception>
    public static Checkpoint ReadHeader(string path)
    {
        using var stream = File.OpenRead(path);
        var metadata = SafetensorsHeader.Read(stream, stream.Length, path).Metadata;
        if (!metadata.TryGetValue(MetadataKey, out var json))
            throw new WeightsFormatException($"'{path}' holds weights alone, and nothing of a run to go on with.");
        var checkpoint = Read<Checkpoint>(path, MetadataKey, System.Text.Encoding.UTF8.GetBytes(json));
        return (checkpoint.State.Flaw ?? checkpoint.Identity.Flaw) is { } flaw
            ? throw new WeightsFormatException($"'{path}' is not a checkpoint that can be read: {flaw}.")
            : checkpoint;
    }

    private static T Read<T>(string path, string part, ReadOnlySpan<byte> json)
    {
        try
        {
            return JsonSerializer.Deserialize<T>(json, Json) ?? throw new JsonException("it is null.");
        }
        catch (Exception exception) when (exception is JsonException or ArgumentException or NotSupportedException or InvalidOperationException)
        {
            throw new WeightsFormatException($"'{path}' is not a checkpoint that can be read: its '{part}' is damaged: {exception.Message}", exception);
        }
    }

    private static void CheckFinite(string path, IReadOnlyDictionary<string, Tensor> tensors)
    {
        using var scope = NewDisposeScope();
        foreach (var (name, tensor) in tensors)
        {
            if (tensor.is_floating_point() && !tensor.isfinite().all().item<bool>())
                throw new WeightsFormatException($"'{path}': '{name}' holds numbers that are not finite; finite ones were expected.");
        }
    }
}
