namespace ML.Yolo;

/// <summary>A box with the name of what is in it.</summary>
/// <param name="Label">Name of the class.</param>
/// <param name="Box">Where it is, pixels of the image.</param>
/// <param name="Score">Confidence in [0, 1]; null for the ground truth.</param>
public sealed record LabeledBox(string Label, Box Box, float? Score = null)
{
    /// <summary>The columns of a scored row as boxes.</summary>
    /// <param name="labels">One name per box.</param>
    /// <param name="boxes">Four numbers per box: x0, y0, x1, y1 in pixels.</param>
    /// <param name="scores">One confidence per box; null for the ground truth.</param>
    /// <exception cref="ArgumentException">The lengths do not fit together.</exception>
    public static IReadOnlyList<LabeledBox> FromColumns(IReadOnlyList<string> labels, IReadOnlyList<float> boxes, IReadOnlyList<float>? scores = null)
    {
        ArgumentNullException.ThrowIfNull(labels);
        ArgumentNullException.ThrowIfNull(boxes);
        if (boxes.Count != 4 * labels.Count)
            throw new ArgumentException($"There are {boxes.Count} box numbers and {labels.Count} labels; 4 per label were expected.", nameof(boxes));
        if (scores is not null && scores.Count != labels.Count)
            throw new ArgumentException($"There are {scores.Count} scores and {labels.Count} labels; 1 per label was expected.", nameof(scores));
        return [.. labels.Select((label, i) => new LabeledBox(label, BoxAt(4 * i), scores?[i]))];

        Box BoxAt(int first) => new(boxes[first], boxes[first + 1], boxes[first + 2], boxes[first + 3]);
    }
}
