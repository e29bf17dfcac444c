using System.Text.Json;
using Microsoft.ML.OnnxRuntime;
using ML.Yolo.Boxes;
using ML.Yolo.Networks;

namespace ML.Yolo.Onnx.Scoring;

/// <summary>The decoder of an exported model, from what its metadata say.</summary>
internal static class ExportedDecoder
{
    /// <exception cref="WeightsFormatException">The metadata lack something, or it does not fit together.</exception>
    public static MapDecoder Read(ModelMetadata model, int classCount)
    {
        try
        {
            var metadata = model.CustomMetadataMap;
            var strides = JsonSerializer.Deserialize<int[]>(metadata["strides"]) ?? throw new JsonException("strides is null.");
            return BoxCoding.Parse(metadata["box_coding"]) switch
            {
                AnchorBoxCoding coding => new AnchorDecoder(coding, Anchors(metadata["anchors"], strides.Length), strides, classCount),
                YoloV8BoxCoding => new PointDecoder(strides, classCount),
                var other => throw new FormatException($"box_coding is {other}, which no decoder reads."),
            };
        }
        catch (Exception exception) when (exception is KeyNotFoundException or JsonException or FormatException)
        {
            throw new WeightsFormatException($"The model's metadata do not say how to decode it: {exception.Message}", exception);
        }
    }

    private static AnchorSet Anchors(string json, int layerCount)
        => JsonSerializer.Deserialize<AnchorSet>(json) is { } anchors && anchors.LayerCount == layerCount
            ? anchors
            : throw new FormatException($"anchors is not for the {layerCount} layers that strides names.");
}
