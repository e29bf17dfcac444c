using ML.Yolo.Boxes;
using ML.Yolo.Tensors;
using static TorchSharp.torch;
using TensorPrimitives = System.Numerics.Tensors.TensorPrimitives;

namespace ML.Yolo.Networks;

/// <summary>Reads the maps of an <see cref="AnchorHead"/>, (B, A, H, W, 5 + C) logits: x, y, w, h, objectness, classes. A·H·W predictions per layer.</summary>
/// <param name="coding">How four logits become a box.</param>
/// <param name="anchors">The anchors.</param>
/// <param name="strides">Pixels per cell, by layer of predictions.</param>
/// <param name="classCount">Number of classes, C.</param>
internal sealed class AnchorDecoder(AnchorBoxCoding coding, AnchorSet anchors, IReadOnlyList<int> strides, int classCount) : MapDecoder(strides, classCount)
{
    public override BoxCoding Coding => coding;

    /// <summary>The anchors.</summary>
    public AnchorSet Anchors => anchors;

    public override int CountPredictions(int height, int width) => anchors.AnchorsPerLayer * height * width;

    public override void AddLikely(ReadOnlySpan<float> map, int layer, int height, int width, float minScore, int first, PredictionRows rows)
    {
        var min = MinLogit(minScore);
        var channels = AnchorChannels.Of(ClassCount);
        for (var (index, start) = (0, 0); start < map.Length; index++, start += channels)
        {
            if (map[start + AnchorChannels.Objectness] > min)
                Decode(map.Slice(start, channels), layer, index, height * width, width, rows.Add(first + index));
        }
    }

    private protected override long GridHeight(Tensor map) => map.shape[2];

    private protected override long GridWidth(Tensor map) => map.shape[3];

    private protected override Tensor Rows(Tensor map) => map.reshape(-1, map.shape[4]);

    private protected override Tensor MaxScoreLogits(Tensor map) => map.select(4, AnchorChannels.Objectness);

    private protected override Tensor RowsAt(Tensor map, Tensor images, Tensor positions)
    {
        var (height, width) = (map.shape[2], map.shape[3]);
        return map.index(
            TensorIndex.Tensor(images),
            TensorIndex.Tensor(positions.FloorOver(height * width)),
            TensorIndex.Tensor(positions.FloorOver(width).Remainder(height)),
            TensorIndex.Tensor(positions.Remainder(width)));
    }

    private protected override (Tensor Boxes, Tensor Scores) DecodeRows(Tensor rows, Tensor position, int layer, long width, long height)
    {
        using var scope = NewDisposeScope();
        var cells = stack([position.Remainder(width), position.FloorOver(width).Remainder(height)], 1).to(rows.dtype);     // (K, 2): x, y
        var sizes = anchors.InCells(Strides)[layer].to(rows.dtype, rows.device).index_select(0, position.FloorOver(width * height));    // (K, 2)
        var centre = coding.DecodeCentre(rows.narrow(1, 0, 2)).Plus(cells).Times(Strides[layer]);
        var size = coding.DecodeSize(rows.narrow(1, 2, 2), sizes).Times(Strides[layer]);
        var probabilities = rows.narrow(1, AnchorChannels.Objectness, 1 + ClassCount).sigmoid();                                      // (K, 1 + C)
        var scores = probabilities.narrow(1, 1, ClassCount) * probabilities.narrow(1, 0, 1);
        return (cat([centre, size], 1).MoveToOuterDisposeScope(), scores.MoveToOuterDisposeScope());
    }

    private void Decode(ReadOnlySpan<float> logits, int layer, int index, int cellCount, int width, Span<float> row)
    {
        var (cell, stride, size) = (index % cellCount, Strides[layer], anchors[layer, index / cellCount]);
        (row[0], row[1]) = ((coding.DecodeCentre(logits[0]) + (cell % width)) * stride, (coding.DecodeCentre(logits[1]) + (cell / width)) * stride);
        (row[2], row[3]) = (coding.DecodeSize(logits[2]) * size.Width, coding.DecodeSize(logits[3]) * size.Height);
        Span<float> objectness = stackalloc float[1];
        TensorPrimitives.Sigmoid(logits.Slice(AnchorChannels.Objectness, 1), objectness);
        TensorPrimitives.Sigmoid(logits[AnchorChannels.FirstClass..], row[PredictionRows.BoxNumbers..]);
        TensorPrimitives.Multiply(row[PredictionRows.BoxNumbers..], objectness[0], row[PredictionRows.BoxNumbers..]);
    }
}
