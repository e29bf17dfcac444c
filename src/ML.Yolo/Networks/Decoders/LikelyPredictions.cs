using static TorchSharp.torch;

namespace ML.Yolo.Networks;

/// <summary>Those predictions of one image that may count.</summary>
/// <param name="Boxes">(n, 4): centre x, centre y, width, height in pixels.</param>
/// <param name="Scores">(n, C), in [0, 1].</param>
/// <param name="Indices">(n) of int64: which of all predictions of the network each is, rising.</param>
internal sealed record LikelyPredictions(Tensor Boxes, Tensor Scores, Tensor Indices)
{
    /// <summary>Sorts predictions of a batch by image. The order within an image stays. All tensors belong to the current dispose scope.</summary>
    /// <param name="images">(K): the image of each.</param>
    /// <param name="indices">(K).</param>
    /// <param name="boxes">(K, 4).</param>
    /// <param name="scores">(K, C).</param>
    /// <param name="batch">Number of images.</param>
    public static IReadOnlyList<LikelyPredictions> Split(Tensor images, Tensor indices, Tensor boxes, Tensor scores, long batch)
    {
        if (batch == 1)
            return [new LikelyPredictions(boxes, scores, indices)];
        var (_, order) = images.sort(0, stable: true);
        var counts = images.bincount(null, batch).cpu().data<long>().ToArray();
        (indices, boxes, scores) = (indices.index_select(0, order), boxes.index_select(0, order), scores.index_select(0, order));
        var results = new LikelyPredictions[batch];
        for (var (image, start) = (0, 0L); image < batch; start += counts[image], image++)
        {
            var count = counts[image];
            results[image] = new LikelyPredictions(boxes.narrow(0, start, count), scores.narrow(0, start, count), indices.narrow(0, start, count));
        }

        return results;
    }

    /// <summary>Hands the tensors to the dispose scope around the current one.</summary>
    public LikelyPredictions MoveToOuterDisposeScope()
    {
        Boxes.MoveToOuterDisposeScope();
        Scores.MoveToOuterDisposeScope();
        Indices.MoveToOuterDisposeScope();
        return this;
    }
}
