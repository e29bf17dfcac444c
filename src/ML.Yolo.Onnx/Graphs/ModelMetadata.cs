using System.Text.Json;
using System.Text.Json.Nodes;
using ML.Yolo.Boxes;

namespace ML.Yolo.Onnx.Graphs;

/// <summary>What a file says about itself, beside its inputs and outputs.</summary>
internal static class ModelMetadata
{
    /// <summary>Version of the contract in docs/deployment.md.</summary>
    public const string ContractVersion = "1";

    /// <summary>Keys and values; lists are JSON.</summary>
    public static IEnumerable<(string Key, string Value)> Of(YoloTransformer transformer, OnnxOptions options, IEnumerable<GraphHead> heads, int? height, int? width) =>
    [
        ("names", JsonSerializer.Serialize(transformer.ClassNames)),
        ("strides", JsonSerializer.Serialize(heads.Select(head => head.Stride))),
        ("anchors", JsonSerializer.Serialize(heads.Select(head => head.Anchors.Chunk(2)))),
        ("image_size", new JsonArray(height, width).ToJsonString()),
        ("box_coding", CodingName(transformer.Options.Loss.BoxCoding)),
        ("output", options.Output.ToString()),
        ("preprocessing", options.IncludePreprocessing ? "letterbox" : "none"),
        ("precision", options.Precision.ToString()),
        ("architecture", transformer.Network.Architecture.Name),
        ("version", ContractVersion),
    ];

    private static string CodingName(BoxCoding coding) => coding switch
    {
        YoloV5BoxCoding => "YoloV5",
        YoloV3BoxCoding => "YoloV3",
        _ => throw new NotSupportedException($"No name is known for {coding.GetType().Name}."),
    };
}
