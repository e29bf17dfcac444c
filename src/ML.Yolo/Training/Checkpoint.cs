using System.Text.Json;
using ML.Yolo.Weights;
using static TorchSharp.torch;

namespace ML.Yolo.Training;

/// <summary>All that is needed to go on with a run, in one safetensors file: numbers as tensors, the rest as JSON in its metadata.</summary>
/// <param name="State">Where the run stands.</param>
/// <param name="Identity">Which run it is.</param>
/// <param name="History">The epochs that are over.</param>
internal sealed record Checkpoint(TrainingState State, TrainingIdentity Identity, TrainingHistory History)
{
    private const string MetadataKey = "checkpoint";

    /// <summary>Writes a checkpoint, whole or not at all.</summary>
    /// <param name="path">The file to make or replace.</param>
    /// <param name="tensors">Tensors by name.</param>
    public void Save(string path, IReadOnlyDictionary<string, Tensor> tensors)
        => Safetensors.Save(path, tensors, new Dictionary<string, string> { [MetadataKey] = JsonSerializer.Serialize(this) });

    /// <summary>Reads a checkpoint; the caller disposes the tensors.</summary>
    /// <exception cref="WeightsFormatException">The file is damaged, or no checkpoint.</exception>
    public static (Checkpoint Checkpoint, IReadOnlyDictionary<string, Tensor> Tensors) Load(string path)
    {
        var tensors = Safetensors.Load(path);
        try
        {
            return (ReadHeader(path), tensors);
        }
        catch
        {
            foreach (var tensor in tensors.Values)
                tensor.Dispose();
            throw;
        }
    }

    /// <summary>Reads a checkpoint without its tensors.</summary>
    /// <exception cref="WeightsFormatException">The file is damaged, or no checkpoint.</exception>
    public static Checkpoint ReadHeader(string path)
    {
        try
        {
            using var stream = File.OpenRead(path);
            var metadata = SafetensorsHeader.Read(stream, stream.Length, path).Metadata;
            var checkpoint = metadata.TryGetValue(MetadataKey, out var json) ? JsonSerializer.Deserialize<Checkpoint>(json) : null;
            return checkpoint ?? throw new WeightsFormatException($"'{path}' holds weights alone, and nothing of a run to go on with.");
        }
        catch (JsonException exception)
        {
            throw new WeightsFormatException($"'{path}' is not a checkpoint that can be read: {exception.Message}", exception);
        }
    }
}
