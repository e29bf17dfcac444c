using ML.Yolo.Boxes;
using ML.Yolo.Tensors;
using static TorchSharp.torch;

namespace ML.Yolo.Networks;

/// <summary>Reads the maps of a head: logits to boxes in pixels and scores. All of them, or those alone that may count.</summary>
/// <param name="strides">Pixels per cell, by layer of predictions.</param>
/// <param name="classCount">Number of classes, C.</param>
internal abstract class MapDecoder(IReadOnlyList<int> strides, int classCount)
{
    // A logit is compared with less than the threshold's own: rounding may lose none, and suppression compares again.
    private const float Margin = 1e-3f;

    /// <summary>How logits become boxes.</summary>
    public abstract BoxCoding Coding { get; }

    /// <summary>Pixels per cell, by layer of predictions.</summary>
    public IReadOnlyList<int> Strides => strides;

    /// <summary>Number of classes, C.</summary>
    public int ClassCount => classCount;

    /// <summary>Decodes every prediction, layer by layer.</summary>
    /// <param name="maps">The head's maps, finest first.</param>
    public Predictions Decode(IReadOnlyList<Tensor> maps)
    {
        using var scope = NewDisposeScope();
        var (boxes, scores) = (new Tensor[maps.Count], new Tensor[maps.Count]);
        for (var layer = 0; layer < maps.Count; layer++)
        {
            var rows = Rows(maps[layer]);                                                 // (B·n, …)
            var (batch, count) = (maps[layer].shape[0], rows.shape[0] / maps[layer].shape[0]);
            var position = Arithmetic.Range(count, ScalarType.Int64, rows.device).repeat(batch);    // (B·n)
            var (layerBoxes, layerScores) = DecodeRows(rows, position, layer, GridWidth(maps[layer]), GridHeight(maps[layer]));
            (boxes[layer], scores[layer]) = (layerBoxes.view(batch, count, 4), layerScores.view(batch, count, classCount));
        }

        return new Predictions(cat(boxes, 1), cat(scores, 1)).MoveToOuterDisposeScope();
    }

    /// <summary>Decodes those predictions whose score may exceed a threshold. They are few, and decoding all takes longer than finding them.</summary>
    /// <param name="maps">The head's maps, finest first.</param>
    /// <param name="minScore">The threshold, in [0, 1].</param>
    /// <returns>Per image, in the order of <see cref="Decode"/>.</returns>
    public IReadOnlyList<LikelyPredictions> DecodeLikely(IReadOnlyList<Tensor> maps, float minScore)
    {
        using var scope = NewDisposeScope();
        var (images, indices, boxes, scores) = (new List<Tensor>(), new List<Tensor>(), new List<Tensor>(), new List<Tensor>());
        var first = 0L;
        for (var layer = 0; layer < maps.Count; layer++)
        {
            var best = MaxScoreLogits(maps[layer]);                                       // (B, …, H, W)
            var count = best.numel() / maps[layer].shape[0];
            var likely = best.IsAbove(MinLogit(minScore)).reshape(-1).nonzero().squeeze(1);    // (K)
            var (image, position) = (likely.FloorOver(count), likely.Remainder(count));
            var rows = RowsAt(maps[layer], image, position);                              // (K, …)
            var (layerBoxes, layerScores) = DecodeRows(rows, position, layer, GridWidth(maps[layer]), GridHeight(maps[layer]));
            images.Add(image);
            indices.Add(position.Plus(first));
            boxes.Add(layerBoxes);
            scores.Add(layerScores);
            first += count;
        }

        var split = LikelyPredictions.Split(cat(images), cat(indices), cat(boxes), cat(scores), maps[0].shape[0]);
        return [.. split.Select(image => image.MoveToOuterDisposeScope())];
    }

    /// <summary>Adds those predictions of one layer of one image, on plain memory, whose score may exceed a threshold.</summary>
    /// <param name="map">The image's part of the map.</param>
    /// <param name="layer">Number of the layer, finest first.</param>
    /// <param name="height">Rows of cells.</param>
    /// <param name="width">Columns of cells.</param>
    /// <param name="minScore">The threshold, in [0, 1].</param>
    /// <param name="first">Predictions of the layers before.</param>
    /// <param name="rows">Gets them.</param>
    public abstract void AddLikely(ReadOnlySpan<float> map, int layer, int height, int width, float minScore, int first, PredictionRows rows);

    /// <summary>Predictions of a layer with that many cells.</summary>
    public abstract int CountPredictions(int height, int width);

    /// <summary>The logit that a score's must exceed to count.</summary>
    private protected static float MinLogit(float minScore) => MathF.Log(minScore / (1 - minScore)) - Margin;

    private protected abstract long GridHeight(Tensor map);

    private protected abstract long GridWidth(Tensor map);

    /// <summary>One row of logits per prediction, image by image.</summary>
    private protected abstract Tensor Rows(Tensor map);

    /// <summary>A logit per prediction that no score of it exceeds, (B, …, H, W).</summary>
    private protected abstract Tensor MaxScoreLogits(Tensor map);

    /// <summary>The rows of logits of some predictions, (K, …).</summary>
    /// <param name="map">The map.</param>
    /// <param name="images">(K): the image of each.</param>
    /// <param name="positions">(K): which prediction of the layer each is.</param>
    private protected abstract Tensor RowsAt(Tensor map, Tensor images, Tensor positions);

    /// <summary>Boxes (K, 4) and scores (K, C) of rows.</summary>
    /// <param name="rows">Logits.</param>
    /// <param name="position">(K): which prediction of the layer each row is.</param>
    /// <param name="layer">The layer.</param>
    /// <param name="width">Columns of cells.</param>
    /// <param name="height">Rows of cells.</param>
    private protected abstract (Tensor Boxes, Tensor Scores) DecodeRows(Tensor rows, Tensor position, int layer, long width, long height);
}
