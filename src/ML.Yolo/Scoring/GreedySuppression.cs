using System.Numerics.Tensors;
using ML.Yolo.Networks;

namespace ML.Yolo.Scoring;

/// <summary>Greedy non-maximum suppression on plain memory, for engines without tensors; its inner loop serves <see cref="NonMaxSuppression"/> too.</summary>
internal static class GreedySuppression
{
    private const int RowLength = 6;

    /// <summary>Thins out the predictions of one image.</summary>
    /// <param name="predictions">Boxes and scores.</param>
    /// <param name="options">Thresholds and limits.</param>
    /// <returns>n × 6 numbers, most confident first: x1, y1, x2, y2 in pixels, score, class index; and which of all predictions each is.</returns>
    public static (float[] Rows, int[] Indices) Apply(PredictionRows predictions, NmsOptions options)
    {
        var (candidates, places) = Candidates(predictions, options);
        var kept = Keep(candidates, options);
        var rows = new float[kept.Length * RowLength];
        for (var i = 0; i < kept.Length; i++)
            candidates.AsSpan((int)kept[i] * RowLength, RowLength).CopyTo(rows.AsSpan(i * RowLength));
        return (rows, Array.ConvertAll(kept, row => predictions.IndexOf(places[row])));
    }

    /// <summary>Numbers of the rows that stay. The loop over pairs is inherent: whether a box drops others depends on whether it was dropped.</summary>
    /// <param name="candidates">n × 6 numbers, most confident first.</param>
    /// <param name="options">Thresholds and limits.</param>
    public static long[] Keep(ReadOnlySpan<float> candidates, NmsOptions options)
    {
        var isDropped = new bool[candidates.Length / RowLength];
        var kept = new List<long>(Math.Min(isDropped.Length, options.MaxDetections));
        for (var i = 0; i < isDropped.Length && kept.Count < options.MaxDetections; i++)
        {
            if (isDropped[i])
                continue;
            kept.Add(i);
            Drop(candidates, i, isDropped, options);
        }

        return [.. kept];
    }

    private static (float[] Rows, int[] Places) Candidates(PredictionRows predictions, NmsOptions options)
    {
        var found = new List<(int Row, int Class, float Score)>();
        for (var row = 0; row < predictions.Count; row++)
            AddClasses(found, row, predictions[row][PredictionRows.BoxNumbers..], options);
        if (options.Classes is { } classes)
            found.RemoveAll(candidate => !classes.Contains(candidate.Class));

        // Equal scores keep their order, as in a stable sort.
        found.Sort((a, b) => a.Score == b.Score ? (a.Row, a.Class).CompareTo((b.Row, b.Class)) : b.Score.CompareTo(a.Score));
        var count = Math.Min(found.Count, options.MaxCandidates);
        var (rows, places) = (new float[count * RowLength], new int[count]);
        for (var i = 0; i < count; i++)
        {
            places[i] = found[i].Row;
            Write(predictions[found[i].Row][..PredictionRows.BoxNumbers], found[i].Class, found[i].Score, rows.AsSpan(i * RowLength, RowLength));
        }

        return (rows, places);
    }

    private static void AddClasses(List<(int Row, int Class, float Score)> found, int row, ReadOnlySpan<float> scores, NmsOptions options)
    {
        if (!options.MultiLabel)
        {
            var best = TensorPrimitives.IndexOfMax(scores);
            if (scores[best] > options.ScoreThreshold)
                found.Add((row, best, scores[best]));
            return;
        }

        for (var label = 0; label < scores.Length; label++)
        {
            if (scores[label] > options.ScoreThreshold)
                found.Add((row, label, scores[label]));
        }
    }

    private static void Write(ReadOnlySpan<float> box, int label, float score, Span<float> row)
    {
        var (halfWidth, halfHeight) = (box[2] / 2, box[3] / 2);
        (row[0], row[1], row[2], row[3]) = (box[0] - halfWidth, box[1] - halfHeight, box[0] + halfWidth, box[1] + halfHeight);
        (row[4], row[5]) = (score, label);
    }

    private static void Drop(ReadOnlySpan<float> rows, int winner, bool[] isDropped, NmsOptions options)
    {
        var a = rows.Slice(winner * RowLength, RowLength);
        var area = (a[2] - a[0]) * (a[3] - a[1]);
        for (var j = winner + 1; j < isDropped.Length; j++)
        {
            var b = rows.Slice(j * RowLength, RowLength);
            if (isDropped[j] || (!options.ClassAgnostic && a[5] != b[5]))
                continue;
            var overlap = Math.Max(Math.Min(a[2], b[2]) - Math.Max(a[0], b[0]), 0) * Math.Max(Math.Min(a[3], b[3]) - Math.Max(a[1], b[1]), 0);
            isDropped[j] = overlap > options.IouThreshold * (area + ((b[2] - b[0]) * (b[3] - b[1])) - overlap);
        }
    }
}
