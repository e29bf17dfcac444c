using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.Json.Serialization;
using ML.Yolo.Networks;
using ML.Yolo.Persistence;

namespace ML.Yolo;

/// <summary>Between a transformer and the manifest of its zip, which knows JSON alone.</summary>
internal static class DetectorManifest
{
    // So that however long a run was, what is written can be read.
    private const int MaxEpochs = 10_000;

    private static readonly JsonSerializerOptions Json = new()
    {
        Converters = { new ArchitectureConverter(), new JsonStringEnumConverter() },
        AllowDuplicateProperties = false,
        RespectNullableAnnotations = true,
        RespectRequiredConstructorParameters = true,
    };

    /// <summary>What there is to say about a detector.</summary>
    public static ModelManifest Of(YoloTransformer transformer) => new()
    {
        ClassNames = transformer.ClassNames,
        Decoder = transformer.Engine.Decoder.Coding.Name,
        Options = ToJson(transformer.Options),
        History = JsonSerializer.SerializeToNode(transformer.History?.Thinned(MaxEpochs), Json) as JsonObject,
    };

    /// <summary>Options as they stand in a manifest.</summary>
    public static JsonObject ToJson(YoloTrainer.Options options) => JsonSerializer.SerializeToNode(options, Json)!.AsObject();

    /// <summary>Options as <see cref="ToJson"/> wrote them.</summary>
    /// <exception cref="JsonException">A value is of another type.</exception>
    public static YoloTrainer.Options ReadOptions(JsonObject json) => json.Deserialize<YoloTrainer.Options>(Json)!;

    /// <summary>The options and the history that a manifest tells of.</summary>
    /// <exception cref="WeightsFormatException">A value is of another type or out of range; the message names it.</exception>
    public static (YoloTrainer.Options Options, TrainingHistory? History) Read(ModelManifest manifest) => ModelManifest.Interpret(() =>
    {
        var options = ReadOptions(manifest.Options);
        options.Check();
        return (options, manifest.History?.Deserialize<TrainingHistory>(Json));
    });
}
