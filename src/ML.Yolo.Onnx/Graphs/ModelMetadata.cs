using System.Text.Json;
using System.Text.Json.Nodes;

namespace ML.Yolo.Onnx.Graphs;

/// <summary>What a file says about itself, beside its inputs and outputs.</summary>
internal static class ModelMetadata
{
    /// <summary>Version of the contract in docs/deployment.md.</summary>
    public const string ContractVersion = "1";

    /// <summary>Keys and values; lists are JSON.</summary>
    public static IEnumerable<(string Key, string Value)> Of(YoloTransformer transformer, OnnxOptions options, HeadGraph head, int? height, int? width) =>
    [
        ("names", JsonSerializer.Serialize(transformer.ClassNames)),
        ("strides", JsonSerializer.Serialize(transformer.Network.Strides)),
        .. head.Metadata,
        ("image_size", new JsonArray(height, width).ToJsonString()),
        ("trained_size", JsonSerializer.Serialize(transformer.ImageSize)),
        ("box_coding", transformer.Network.Head.Settings.Coding.Name),
        ("output", options.Output.ToString()),
        ("preprocessing", options.IncludePreprocessing ? "letterbox" : "none"),
        ("precision", options.Precision.ToString()),
        ("architecture", transformer.Network.Architecture.Name),
        ("version", ContractVersion),
    ];
}
