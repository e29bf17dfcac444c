namespace ML.Yolo.Evaluation;

/// <summary>Counts, image by image, what each class was taken for.</summary>
internal sealed class ConfusionCounts
{
    private const int Background = -1;

    // Of Ultralytics' matrices.
    private const double ScoreThreshold = 0.25;
    private const double IouThreshold = 0.45;

    private readonly Dictionary<(int Actual, int Predicted), int> _counts = [];

    /// <param name="objects">The ground truth of an image.</param>
    /// <param name="detections">What was found in it, in any order.</param>
    public void Add(ReadOnlySpan<EvaluatedObject> objects, ReadOnlySpan<EvaluatedDetection> detections)
    {
        var matches = ConfusionMatcher.Match(objects, detections, ScoreThreshold, IouThreshold);
        var isFound = new bool[objects.Length];
        for (var d = 0; d < matches.Length; d++)
        {
            if (matches[d] == ConfusionMatcher.Ignored)
                continue;
            var actual = Background;
            if (matches[d] >= 0)
                (actual, isFound[matches[d]]) = (objects[matches[d]].Class, true);
            Count(actual, detections[d].Class);
        }

        for (var o = 0; o < objects.Length; o++)
        {
            if (objects[o].Counts && !isFound[o])
                Count(objects[o].Class, Background);
        }
    }

    public DetectionConfusionMatrix ToMatrix(IReadOnlyList<string> classNames)
    {
        var size = classNames.Count + 1;
        var counts = new int[size][];
        for (var actual = 0; actual < size; actual++)
            counts[actual] = new int[size];
        foreach (var ((actual, predicted), count) in _counts)
            counts[actual == Background ? size - 1 : actual][predicted == Background ? size - 1 : predicted] = count;
        return new DetectionConfusionMatrix { ClassNames = classNames, Counts = counts, ScoreThreshold = ScoreThreshold, IouThreshold = IouThreshold };
    }

    private void Count(int actual, int predicted) => _counts[(actual, predicted)] = _counts.GetValueOrDefault((actual, predicted)) + 1;
}
