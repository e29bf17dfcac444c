using ML.Yolo.Evaluation;

namespace ML.Yolo;

/// <summary>What makes the numbers of an evaluation doubtful: detections that were cut off, and classes that the detector does not know.</summary>
/// <param name="predictable">The classes that predicted labels can have; none where they are not listed.</param>
internal sealed class EvaluationDoubts(IReadOnlyList<string> predictable)
{
    // Average precision ranks the doubtful detections too; thresholds for showing lie far above, those for measuring far below.
    private const float HighestScoreFloor = 0.05f;
    private const int NamedInMessage = 5;

    private readonly Dictionary<int, int> _objects = [];
    private float _lowest = float.PositiveInfinity;

    /// <summary>Takes a row into account.</summary>
    public void Add(ReadOnlySpan<EvaluatedObject> objects, ReadOnlySpan<EvaluatedDetection> detections)
    {
        foreach (var item in objects)
            _objects[item.Class] = _objects.GetValueOrDefault(item.Class) + 1;
        foreach (var item in detections)
            _lowest = Math.Min(_lowest, item.Score);
    }

    /// <summary>The doubts, in sentences.</summary>
    /// <param name="classNames">Names of the classes by index.</param>
    public IEnumerable<string> Describe(IReadOnlyList<string> classNames)
    {
        if (_lowest >= HighestScoreFloor && float.IsFinite(_lowest))
        {
            yield return FormattableString.Invariant($"The least confident detection has {_lowest:F3}: doubtful ones seem to be cut off, and average ")
                + "counts them. EvaluateDetections(model, data) scores as measuring needs it; so does ScoringOptions.Measuring.";
        }

        var known = predictable.ToHashSet(StringComparer.Ordinal);
        var foreign = _objects.Where(entry => !known.Contains(classNames[entry.Key])).ToList();
        if (known.Count == 0 || foreign.Count == 0)
            yield break;
        var names = string.Join(", ", foreign.Take(NamedInMessage).Select(entry => $"'{classNames[entry.Key]}' ({entry.Value})"));
        var more = foreign.Count > NamedInMessage ? $" and {foreign.Count - NamedInMessage} more" : "";
        yield return $"{foreign.Count} classes of the data are none of the detector's, and none of their objects can be found: {names}{more}. "
            + $"It knows {string.Join(", ", predictable.Take(NamedInMessage).Select(name => $"'{name}'"))}"
            + $"{(predictable.Count > NamedInMessage ? ", …" : "")}.";
    }
}
