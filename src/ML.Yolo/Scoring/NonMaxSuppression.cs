using System.Runtime.InteropServices;
using ML.Yolo.Networks;
using ML.Yolo.Scoring;
using ML.Yolo.Tensors;
using static TorchSharp.torch;

namespace ML.Yolo;

/// <summary>
/// Greedy non-maximum suppression: the most confident prediction stays and drops those of its class that overlap it too much; then the next.
/// </summary>
public static class NonMaxSuppression
{
    /// <summary>Thins out the predictions of a batch.</summary>
    /// <param name="predictions">Boxes and scores of every image.</param>
    /// <param name="options">Thresholds and limits.</param>
    /// <returns>What stays of each image. The caller disposes it.</returns>
    public static IReadOnlyList<SuppressedPredictions> Apply(Predictions predictions, NmsOptions options)
    {
        ArgumentNullException.ThrowIfNull(predictions);
        ArgumentNullException.ThrowIfNull(options);
        var results = new SuppressedPredictions[predictions.Boxes.shape[0]];
        for (var i = 0; i < results.Length; i++)
        {
            using var scope = NewDisposeScope();
            results[i] = Apply(predictions.Boxes[i], predictions.Scores[i], indices: null, options).MoveToOuterDisposeScope();
        }

        return results;
    }

    /// <summary>Thins out those predictions of an image that may count.</summary>
    internal static SuppressedPredictions Apply(LikelyPredictions predictions, NmsOptions options)
        => Apply(predictions.Boxes, predictions.Scores, predictions.Indices, options);

    /// <param name="boxes">(N, 4): centre x, centre y, width, height.</param>
    /// <param name="scores">(N, C).</param>
    /// <param name="indices">(N): numbers of the predictions; their places where omitted.</param>
    /// <param name="options">Thresholds and limits.</param>
    private static SuppressedPredictions Apply(Tensor boxes, Tensor scores, Tensor? indices, NmsOptions options)
    {
        using var scope = NewDisposeScope();
        using var noGradient = no_grad();
        var (row, label, score) = options.MultiLabel && scores.shape[1] > 1 ? EveryClass(scores, options) : BestClass(scores, options);
        if (options.Classes is { } classes)
        {
            var wanted = isin(label, tensor(classes.Select(index => (long)index).ToArray(), device: label.device)).nonzero().squeeze(1);
            (row, label, score) = (row.index_select(0, wanted), label.index_select(0, wanted), score.index_select(0, wanted));
        }

        var (sorted, order) = score.sort(0, descending: true, stable: true);
        var count = Math.Min(order.shape[0], options.MaxCandidates);
        (sorted, order) = (sorted.narrow(0, 0, count), order.narrow(0, 0, count));
        row = row.index_select(0, order);                                                 // (n)
        var candidates = Candidates(boxes.index_select(0, row), sorted, label.index_select(0, order));
        var kept = Keep(candidates, options);
        var index = indices?.index_select(0, row) ?? row;
        return new SuppressedPredictions(candidates.index_select(0, kept), index.cpu().index_select(0, kept)).MoveToOuterDisposeScope();
    }

    /// <summary>(n, 6) on the CPU: two corners, score, class.</summary>
    private static Tensor Candidates(Tensor boxes, Tensor scores, Tensor labels)
    {
        var (centre, half) = (boxes.narrow(1, 0, 2), boxes.narrow(1, 2, 2).Over(2));
        return cat([centre - half, centre.Plus(half), scores.unsqueeze(1), labels.to(boxes.dtype).unsqueeze(1)], 1).to(ScalarType.Float32, CPU);
    }

    private static (Tensor Row, Tensor Label, Tensor Score) EveryClass(Tensor scores, NmsOptions options)
    {
        var pairs = scores.IsAbove(options.ScoreThreshold).nonzero();                     // (K, 2): row, class
        var (row, label) = (pairs.select(1, 0), pairs.select(1, 1));
        return (row, label, scores.reshape(-1).index_select(0, row.Times(scores.shape[1]).Plus(label)));
    }

    private static (Tensor Row, Tensor Label, Tensor Score) BestClass(Tensor scores, NmsOptions options)
    {
        var (best, label) = scores.max(1);
        var row = best.IsAbove(options.ScoreThreshold).nonzero().squeeze(1);
        return (row, label.index_select(0, row), best.index_select(0, row));
    }

    private static Tensor Keep(Tensor candidates, NmsOptions options)
        => tensor(candidates.shape[0] == 0 ? [] : GreedySuppression.Keep(MemoryMarshal.Cast<byte, float>(candidates.contiguous().bytes), options));
}
