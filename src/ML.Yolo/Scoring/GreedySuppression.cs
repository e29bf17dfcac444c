using System.Numerics.Tensors;

namespace ML.Yolo.Scoring;

/// <summary>Greedy non-maximum suppression on plain memory, for engines without tensors; its inner loop serves <see cref="NonMaxSuppression"/> too.</summary>
internal static class GreedySuppression
{
    private const int RowLength = 6;

    /// <summary>Thins out the decoded predictions of one image.</summary>
    /// <param name="decoded">N × (5 + C) numbers: centre x, centre y, width, height in pixels, objectness and class probabilities.</param>
    /// <param name="channels">5 + C.</param>
    /// <param name="options">Thresholds and limits.</param>
    /// <returns>n × 6 numbers, most confident first: x1, y1, x2, y2 in pixels, score, class index.</returns>
    public static float[] Apply(ReadOnlySpan<float> decoded, int channels, NmsOptions options)
    {
        var candidates = Candidates(decoded, channels, options);
        var kept = Keep(candidates, options);
        var rows = new float[kept.Length * RowLength];
        for (var i = 0; i < kept.Length; i++)
            candidates.AsSpan((int)kept[i] * RowLength, RowLength).CopyTo(rows.AsSpan(i * RowLength));
        return rows;
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

    private static float[] Candidates(ReadOnlySpan<float> decoded, int channels, NmsOptions options)
    {
        var found = new List<(int Row, int Class, float Score)>();
        for (var (row, start) = (0, 0); start < decoded.Length; row++, start += channels)
        {
            var objectness = decoded[start + 4];
            if (objectness > options.ScoreThreshold)
                AddClasses(found, row, decoded.Slice(start + 5, channels - 5), objectness, options);
        }

        if (options.Classes is { } classes)
            found.RemoveAll(candidate => !classes.Contains(candidate.Class));

        // Equal scores keep their order, as in a stable sort.
        found.Sort((a, b) => a.Score == b.Score ? (a.Row, a.Class).CompareTo((b.Row, b.Class)) : b.Score.CompareTo(a.Score));
        var rows = new float[Math.Min(found.Count, options.MaxCandidates) * RowLength];
        for (var i = 0; i < rows.Length / RowLength; i++)
            Write(decoded.Slice(found[i].Row * channels, 4), found[i].Class, found[i].Score, rows.AsSpan(i * RowLength, RowLength));
        return rows;
    }

    private static void AddClasses(List<(int Row, int Class, float Score)> found, int row, ReadOnlySpan<float> probabilities, float objectness, NmsOptions options)
    {
        if (!options.MultiLabel)
        {
            var best = TensorPrimitives.IndexOfMax(probabilities);
            if (probabilities[best] * objectness > options.ScoreThreshold)
                found.Add((row, best, probabilities[best] * objectness));
            return;
        }

        for (var label = 0; label < probabilities.Length; label++)
        {
            if (probabilities[label] * objectness > options.ScoreThreshold)
                found.Add((row, label, probabilities[label] * objectness));
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
