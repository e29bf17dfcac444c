using System.Runtime.InteropServices;
using ML.Yolo.Scoring;
using static TorchSharp.torch;

namespace ML.Yolo;

/// <summary>Greedy non-maximum suppression: the most confident detection stays and drops those of its class that overlap it too much; then the next.</summary>
public static class NonMaxSuppression
{
    private const int RowLength = 6;

    /// <summary>Thins out the decoded predictions of a batch.</summary>
    /// <param name="decoded">(B, N, 5 + C): centre x, centre y, width, height in pixels, objectness and class probabilities in [0, 1].</param>
    /// <param name="options">Thresholds and limits.</param>
    /// <returns>One CPU tensor (n, 6) an image, most confident first: x1, y1, x2, y2 in pixels, score, class index. The caller disposes them.</returns>
    /// <exception cref="ArgumentException"><paramref name="decoded"/> has another shape.</exception>
    public static IReadOnlyList<Tensor> Apply(Tensor decoded, NmsOptions options)
    {
        ArgumentNullException.ThrowIfNull(decoded);
        ArgumentNullException.ThrowIfNull(options);
        if (decoded.dim() != 3 || decoded.shape[2] < RowLength)
            throw new ArgumentException($"decoded has shape ({string.Join(", ", decoded.shape)}); it must be (batch, predictions, 5 + classes).", nameof(decoded));
        using var scope = NewDisposeScope();
        using var noGradient = no_grad();
        var results = new Tensor[decoded.shape[0]];
        for (var i = 0; i < results.Length; i++)
        {
            var candidates = Candidates(decoded[i], options);                             // (n, 6), most confident first
            results[i] = candidates.index_select(0, Keep(candidates, options)).MoveToOuterDisposeScope();
        }

        return results;
    }

    private static Tensor Candidates(Tensor predictions, NmsOptions options)
    {
        var likely = (predictions.select(1, 4) > options.ScoreThreshold).nonzero().squeeze(1);
        var rows = predictions.index_select(0, likely);                                   // (M, 5 + C)
        var scores = rows.narrow(1, 5, rows.shape[1] - 5) * rows.narrow(1, 4, 1);         // (M, C)
        var (row, label, score) = options.MultiLabel && scores.shape[1] > 1 ? EveryClass(scores, options) : BestClass(scores, options);

        if (options.Classes is { } classes)
        {
            var wanted = isin(label, tensor(classes.Select(index => (long)index).ToArray(), device: label.device)).nonzero().squeeze(1);
            (row, label, score) = (row.index_select(0, wanted), label.index_select(0, wanted), score.index_select(0, wanted));
        }

        var (sorted, order) = score.sort(0, descending: true, stable: true);
        order = order.narrow(0, 0, Math.Min(order.shape[0], options.MaxCandidates));
        var boxes = rows.index_select(0, row.index_select(0, order)).narrow(1, 0, 4);
        var half = boxes.narrow(1, 2, 2) / 2;
        var centre = boxes.narrow(1, 0, 2);
        var labels = label.index_select(0, order).to(boxes.dtype).unsqueeze(1);
        return cat([centre - half, centre + half, sorted.narrow(0, 0, order.shape[0]).unsqueeze(1), labels], 1).to(ScalarType.Float32, CPU);
    }

    private static (Tensor Row, Tensor Label, Tensor Score) EveryClass(Tensor scores, NmsOptions options)
    {
        var pairs = (scores > options.ScoreThreshold).nonzero();                          // (K, 2): row, class
        var (row, label) = (pairs.select(1, 0), pairs.select(1, 1));
        return (row, label, scores.view(-1).index_select(0, (row * scores.shape[1]) + label));
    }

    private static (Tensor Row, Tensor Label, Tensor Score) BestClass(Tensor scores, NmsOptions options)
    {
        var (best, label) = scores.max(1);
        var row = (best > options.ScoreThreshold).nonzero().squeeze(1);
        return (row, label.index_select(0, row), best.index_select(0, row));
    }

    private static Tensor Keep(Tensor candidates, NmsOptions options)
        => tensor(candidates.shape[0] == 0 ? [] : GreedySuppression.Keep(MemoryMarshal.Cast<byte, float>(candidates.contiguous().bytes), options));
}
