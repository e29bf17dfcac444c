using System.Numerics.Tensors;
using System.Runtime.InteropServices;
using System.Text.Json;
using Microsoft.ML.OnnxRuntime;
using ML.Yolo.Boxes;

namespace ML.Yolo.Onnx.Scoring;

/// <summary>Decodes those predictions of raw maps whose objectness lets them count. They are few, and a graph must decode all.</summary>
/// <param name="coding">The coding the network was trained with.</param>
/// <param name="strides">Pixels a cell, by layer.</param>
/// <param name="anchors">Width and height in pixels, by layer and anchor.</param>
internal sealed class MapDecoding(BoxCoding coding, int[] strides, float[][][] anchors)
{
    // A logit is compared with less than the threshold's own: rounding may lose none, and suppression compares again.
    private const float Margin = 1e-3f;

    /// <summary>Reads strides and anchors from the metadata of an exported model.</summary>
    /// <exception cref="WeightsFormatException">They are not there.</exception>
    public static MapDecoding Of(ModelMetadata model, BoxCoding coding)
    {
        try
        {
            var metadata = model.CustomMetadataMap;
            return new MapDecoding(coding, JsonSerializer.Deserialize<int[]>(metadata["strides"])!, JsonSerializer.Deserialize<float[][][]>(metadata["anchors"])!);
        }
        catch (Exception exception) when (exception is KeyNotFoundException or JsonException)
        {
            throw new WeightsFormatException($"The model's metadata hold no strides or anchors: {exception.Message}", exception);
        }
    }

    /// <summary>Adds the decoded predictions of one layer of one image.</summary>
    /// <param name="map">A × H × W × (5 + C) logits.</param>
    /// <param name="layer">Number of the layer, finest first.</param>
    /// <param name="width">Columns of cells, W.</param>
    /// <param name="channels">5 + C.</param>
    /// <param name="threshold">Least objectness, in [0, 1].</param>
    /// <param name="rows">Gets 5 + C numbers a prediction: centre x, centre y, width, height in pixels, objectness, class probabilities.</param>
    public void AddLikely(ReadOnlySpan<float> map, int layer, int width, int channels, float threshold, List<float> rows)
    {
        var least = MathF.Log(threshold / (1 - threshold)) - Margin;
        var cells = map.Length / channels / anchors[layer].Length;
        for (var (index, start) = (0, 0); start < map.Length; index++, start += channels)
        {
            if (map[start + 4] > least)
                Add(map.Slice(start, channels), layer, index % cells, index / cells, width, rows);
        }
    }

    private void Add(ReadOnlySpan<float> logits, int layer, int cell, int anchor, int width, List<float> rows)
    {
        var end = rows.Count;
        CollectionsMarshal.SetCount(rows, end + logits.Length);
        var row = CollectionsMarshal.AsSpan(rows)[end..];
        TensorPrimitives.Sigmoid(logits[4..], row[4..]);
        var (stride, size) = (strides[layer], anchors[layer][anchor]);
        (row[0], row[1]) = ((coding.DecodeCentre(logits[0]) + (cell % width)) * stride, (coding.DecodeCentre(logits[1]) + (cell / width)) * stride);
        (row[2], row[3]) = (coding.DecodeSize(logits[2]) * size[0], coding.DecodeSize(logits[3]) * size[1]);
    }
}
