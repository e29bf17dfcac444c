using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.Json.Serialization;

namespace ML.Yolo.Persistence;

/// <summary>What a zip says about a detector beside its weights, as JSON for people and other programs.</summary>
internal sealed record ModelManifest
{
    private static readonly JsonSerializerOptions Json = new()
    {
        WriteIndented = true,
        AllowDuplicateProperties = false,
        RespectNullableAnnotations = true,
        RespectRequiredConstructorParameters = true,
    };

    private static readonly JsonDocumentOptions Text = new() { AllowDuplicateProperties = false };

    /// <summary>Names of the classes, in the order of the network's outputs.</summary>
    public required IReadOnlyList<string> ClassNames { get; init; }

    /// <summary>Name of what decodes the network's maps.</summary>
    public required string Decoder { get; init; }

    /// <summary>The options the detector was trained with, and how it scores.</summary>
    public required JsonObject Options { get; init; }

    /// <summary>Length of the weights, bytes.</summary>
    [JsonRequired]
    public long WeightsLength { get; init; }

    /// <summary>SHA-256 of the weights, hexadecimal.</summary>
    [JsonRequired]
    public string WeightsSha256 { get; init; } = "";

    /// <summary>How the detector was trained; null where it was not, or was saved by a version that kept no history.</summary>
    public JsonObject? History { get; init; }

    public byte[] ToJson() => JsonSerializer.SerializeToUtf8Bytes(this, Json);

    /// <summary>Reads a manifest of this version of the library or an earlier one.</summary>
    /// <exception cref="WeightsFormatException">The text is not a manifest.</exception>
    public static ModelManifest Parse(byte[] json) => Interpret(() =>
    {
        var node = JsonNode.Parse(json, documentOptions: Text) as JsonObject ?? throw new JsonException("It is not a JSON object.");
        EarlierManifests.Upgrade(node);
        var manifest = node.Deserialize<ModelManifest>(Json)!;
        if (manifest.ClassNames.Count == 0)
            throw new JsonException("It names no class.");
        return manifest.ClassNames.All(name => name is not null) ? manifest : throw new JsonException("'ClassNames' holds null; names were expected.");
    });

    /// <summary>Makes something of values of a manifest, and says that it is damaged where they do not make sense.</summary>
    /// <exception cref="WeightsFormatException">The values are of another type or out of range; the message says which.</exception>
    public static T Interpret<T>(Func<T> read)
    {
        try
        {
            return read();
        }
        catch (Exception exception)
            when (exception is JsonException or ArgumentException or NotSupportedException or InvalidOperationException or FormatException)
        {
            throw new WeightsFormatException($"The model's '{ModelZip.ManifestName}' is damaged: {exception.Message}", exception);
        }
    }
}
