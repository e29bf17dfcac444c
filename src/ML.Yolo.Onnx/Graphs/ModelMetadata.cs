using System.Globalization;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace ML.Yolo.Onnx.Graphs;

/// <summary>What a file says about itself, beside its inputs and outputs.</summary>
internal static class ModelMetadata
{
    /// <summary>Version of the contract in docs/deployment.md.</summary>
    public const string ContractVersion = "2";

    private const string Author = "ML.Yolo";

    /// <summary>Whether other programs read the file's class names, in Python's notation.</summary>
    public static bool IsForOthers(OnnxOutput output) => output is OnnxOutput.Decoded or OnnxOutput.Ultralytics;

    /// <summary>Keys and values; lists are JSON, but for what other programs read.</summary>
    public static IEnumerable<(string Key, string Value)> Of(YoloTransformer transformer, OnnxOptions options, HeadGraph head, int? height, int? width)
    {
        var names = JsonSerializer.Serialize(transformer.ClassNames);
        return
        [
            ("names", IsForOthers(options.Output) ? new PythonNames(transformer.ClassNames).Text : names),
            ("class_names", names),
            ("strides", JsonSerializer.Serialize(transformer.Network.Strides)),
            .. head.Metadata,
            ("image_size", new JsonArray(height, width).ToJsonString()),
            ("trained_size", JsonSerializer.Serialize(transformer.ImageSize)),
            ("box_coding", transformer.Network.Head.Settings.Coding.Name),
            ("output", options.Output.ToString()),
            ("preprocessing", options.IncludePreprocessing ? "letterbox" : "none"),
            ("precision", options.Precision.ToString()),
            ("architecture", transformer.Network.Architecture.Name),
            .. IsForOthers(options.Output)
                ? [("stride", transformer.Network.Strides[^1].ToString(CultureInfo.InvariantCulture))]
                : Array.Empty<(string, string)>(),
            .. options.Output == OnnxOutput.Ultralytics ? Ultralytics(transformer, options, height, width) : [("version", ContractVersion)],
        ];
    }

    /// <summary>What readers of Ultralytics' exports ask for besides. They tell layouts apart by how the description begins.</summary>
    private static IEnumerable<(string Key, string Value)> Ultralytics(YoloTransformer transformer, OnnxOptions options, int? height, int? width) =>
    [
        ("task", "detect"),
        ("batch", (options.BatchSize ?? 1).ToString(CultureInfo.InvariantCulture)),
        ("imgsz", FormattableString.Invariant($"[{height ?? transformer.ImageSize}, {width ?? transformer.ImageSize}]")),
        ("author", Author),
        ("version", typeof(ModelMetadata).Assembly.GetName().Version!.ToString(3)),
        ("description", $"Ultralytics YOLOv8 output layout of {transformer.Network.Architecture.Name}, written by {Author}"),
        ("contract_version", ContractVersion),
    ];
}
