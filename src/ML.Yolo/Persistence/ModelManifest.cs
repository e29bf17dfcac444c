using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.Json.Serialization;
using ML.Yolo.Networks;

namespace ML.Yolo.Persistence;

/// <summary>What a zip says about a model beside its weights, as JSON for people and other programs.</summary>
internal sealed record ModelManifest
{
    private static readonly JsonSerializerOptions Json = new()
    {
        WriteIndented = true,
        Converters = { new ArchitectureConverter(), new JsonStringEnumConverter() },
    };

    /// <summary>Names of the classes, in the order of the network's outputs.</summary>
    public required IReadOnlyList<string> ClassNames { get; init; }

    /// <summary>The options the model was trained with.</summary>
    public required YoloTrainer.Options Options { get; init; }

    /// <summary>Length of the weights, bytes.</summary>
    public required long WeightsLength { get; init; }

    /// <summary>SHA-256 of the weights, hexadecimal.</summary>
    public required string WeightsSha256 { get; init; }

    /// <summary>How the model was trained; null where it was not, or was saved by a version that kept no history.</summary>
    public TrainingHistory? History { get; init; }

    public byte[] ToJson() => JsonSerializer.SerializeToUtf8Bytes(this, Json);

    /// <summary>Options as they stand in a manifest.</summary>
    public static JsonObject ToJson(YoloTrainer.Options options) => JsonSerializer.SerializeToNode(options, Json)!.AsObject();

    /// <exception cref="JsonException">The text is no manifest.</exception>
    public static ModelManifest Parse(ReadOnlySpan<byte> json)
        => JsonSerializer.Deserialize<ModelManifest>(json, Json) ?? throw new JsonException("The manifest is empty.");
}
