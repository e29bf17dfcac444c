using System.Buffers;
using ML.Yolo.Boxes;
using ML.Yolo.Tensors;
using static TorchSharp.torch;
using TensorPrimitives = System.Numerics.Tensors.TensorPrimitives;

namespace ML.Yolo.Networks;

/// <summary>
/// Reads the maps of a <see cref="PointHead"/>, (B, 4R + C, H, W) logits: R bins for each side of a box, then classes. H·W predictions per layer, each from
/// the middle of its cell.
/// </summary>
/// <param name="strides">Pixels per cell, by layer of predictions.</param>
/// <param name="classCount">Number of classes, C.</param>
internal sealed class PointDecoder(IReadOnlyList<int> strides, int classCount) : MapDecoder(strides, classCount)
{
    /// <summary>The point within its cell, in cells.</summary>
    public const float Middle = 0.5f;

    public override BoxCoding Coding => YoloV8BoxCoding.Instance;

    public override int CountPredictions(int height, int width) => height * width;

    public override void AddLikely(ReadOnlySpan<float> map, int layer, int height, int width, float minScore, int first, PredictionRows rows)
    {
        var cells = height * width;
        var best = ArrayPool<float>.Shared.Rent(cells);
        try
        {
            var logits = best.AsSpan(0, cells);
            map.Slice(PointChannels.FirstClass * cells, cells).CopyTo(logits);
            for (var label = 1; label < ClassCount; label++)
                TensorPrimitives.Max(logits, map.Slice((PointChannels.FirstClass + label) * cells, cells), logits);
            var min = MinLogit(minScore);
            for (var cell = 0; cell < cells; cell++)
            {
                if (logits[cell] > min)
                    Decode(map, layer, cell, cells, width, rows.Add(first + cell));
            }
        }
        finally
        {
            ArrayPool<float>.Shared.Return(best);
        }
    }

    private protected override long GridHeight(Tensor map) => map.shape[2];

    private protected override long GridWidth(Tensor map) => map.shape[3];

    private protected override Tensor Rows(Tensor map) => map.permute(0, 2, 3, 1).reshape(-1, map.shape[1]);

    private protected override Tensor MaxScoreLogits(Tensor map) => map.narrow(1, PointChannels.FirstClass, ClassCount).amax([1]);

    private protected override Tensor RowsAt(Tensor map, Tensor images, Tensor positions)
        => map.permute(0, 2, 3, 1).index(
            TensorIndex.Tensor(images), TensorIndex.Tensor(positions.FloorOver(map.shape[3])), TensorIndex.Tensor(positions.Remainder(map.shape[3])));

    private protected override (Tensor Boxes, Tensor Scores) DecodeRows(Tensor rows, Tensor position, int layer, long width, long height)
    {
        using var scope = NewDisposeScope();
        var points = stack([position.Remainder(width), position.FloorOver(width)], 1).to(rows.dtype).Plus(Middle);        // (K, 2): x, y in cells
        var distances = YoloV8BoxCoding.DecodeDistances(rows.narrow(1, 0, PointChannels.FirstClass));                        // (K, 4)
        var boxes = YoloV8BoxCoding.DecodeBoxes(distances, points, BoxFormat.XyWh).Times(Strides[layer]);
        return (boxes.MoveToOuterDisposeScope(), rows.narrow(1, PointChannels.FirstClass, ClassCount).sigmoid().MoveToOuterDisposeScope());
    }

    private void Decode(ReadOnlySpan<float> map, int layer, int cell, int cells, int width, Span<float> row)
    {
        Span<float> bins = stackalloc float[YoloV8BoxCoding.Bins];
        Span<float> sides = stackalloc float[YoloV8BoxCoding.Sides];
        for (var side = 0; side < sides.Length; side++)
        {
            for (var bin = 0; bin < bins.Length; bin++)
                bins[bin] = map[(((side * bins.Length) + bin) * cells) + cell];
            sides[side] = YoloV8BoxCoding.DecodeDistance(bins);
        }

        YoloV8BoxCoding.DecodeBox(sides, (cell % width) + Middle, (cell / width) + Middle, Strides[layer], row);
        var scores = row[PredictionRows.BoxNumbers..];
        for (var label = 0; label < scores.Length; label++)
            scores[label] = map[((PointChannels.FirstClass + label) * cells) + cell];
        TensorPrimitives.Sigmoid(scores, scores);
    }
}
