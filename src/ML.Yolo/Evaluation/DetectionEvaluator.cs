using System.Runtime.InteropServices;

namespace ML.Yolo.Evaluation;

/// <summary>Takes images one by one, keeps a few bytes per detection, and gives the metrics at the end.</summary>
internal abstract class DetectionEvaluator
{
    /// <summary>What the curve of all classes is called.</summary>
    protected const string AllClasses = "all";

    private readonly ConfusionCounts _confusion = new();
    private readonly List<Ranked> _order = [];
    private readonly List<EvaluatedDetection> _detections = [];
    private readonly List<EvaluatedObject> _objects = [];

    /// <summary>Images added.</summary>
    protected int ImageCount { get; private set; }

    /// <summary>Objects that are not looked for.</summary>
    protected int IgnoredCount { get; private set; }

    /// <summary>An evaluator by the rules of <paramref name="definition"/>.</summary>
    public static DetectionEvaluator Create(DetectionMetricDefinition definition) => definition switch
    {
        DetectionMetricDefinition.Coco => new CocoEvaluator(),
        DetectionMetricDefinition.Ultralytics => new UltralyticsEvaluator(),
        _ => throw new ArgumentOutOfRangeException(
            nameof(definition),
            $"{definition} is not a definition of detection metrics; there are {string.Join(", ", Enum.GetNames<DetectionMetricDefinition>())}."),
    };

    /// <summary>Counts an object whose class is unknown.</summary>
    public void Ignore() => IgnoredCount++;

    /// <summary>Matches the detections of one image to its ground truth.</summary>
    /// <param name="objects">The ground truth.</param>
    /// <param name="detections">What was found, in any order.</param>
    public void AddImage(ReadOnlySpan<EvaluatedObject> objects, ReadOnlySpan<EvaluatedDetection> detections)
    {
        ImageCount++;
        _confusion.Add(objects, detections);
        SortByClass(objects);
        SortByClassAndScore(detections);
        var rankedObjects = CollectionsMarshal.AsSpan(_objects);
        var rankedDetections = CollectionsMarshal.AsSpan(_detections);
        var (o, d) = (0, 0);
        while (o < rankedObjects.Length || d < rankedDetections.Length)
        {
            var label = Math.Min(
                o < rankedObjects.Length ? rankedObjects[o].Class : int.MaxValue, d < rankedDetections.Length ? rankedDetections[d].Class : int.MaxValue);
            var (firstObject, firstDetection) = (o, d);
            while (o < rankedObjects.Length && rankedObjects[o].Class == label)
                o++;
            while (d < rankedDetections.Length && rankedDetections[d].Class == label)
                d++;
            AddClass(label, rankedObjects[firstObject..o], rankedDetections[firstDetection..d]);
        }
    }

    /// <summary>The metrics of all images added.</summary>
    /// <param name="classNames">Names of the classes, by index; at least as many as there were indices.</param>
    public abstract DetectionMetrics Evaluate(IReadOnlyList<string> classNames);

    protected DetectionConfusionMatrix Confusion(IReadOnlyList<string> classNames) => _confusion.ToMatrix(classNames);

    /// <summary>Takes what an image holds of one class.</summary>
    /// <param name="label">The class.</param>
    /// <param name="objects">Its objects, in the order given.</param>
    /// <param name="detections">Its detections, most confident first; of equals the one given first.</param>
    protected abstract void AddClass(int label, ReadOnlySpan<EvaluatedObject> objects, ReadOnlySpan<EvaluatedDetection> detections);

    private void SortByClass(ReadOnlySpan<EvaluatedObject> objects)
    {
        _order.Clear();
        for (var i = 0; i < objects.Length; i++)
        {
            _order.Add(new Ranked(objects[i].Class, 0, i));
            IgnoredCount += objects[i].Counts ? 0 : 1;
        }

        _order.Sort();
        _objects.Clear();
        foreach (var (_, _, index) in _order)
            _objects.Add(objects[index]);
    }

    private void SortByClassAndScore(ReadOnlySpan<EvaluatedDetection> detections)
    {
        _order.Clear();
        for (var i = 0; i < detections.Length; i++)
            _order.Add(new Ranked(detections[i].Class, detections[i].Score, i));
        _order.Sort();
        _detections.Clear();
        foreach (var (_, _, index) in _order)
            _detections.Add(detections[index]);
    }

    private readonly record struct Ranked(int Class, float Score, int Index) : IComparable<Ranked>
    {
        public int CompareTo(Ranked other)
        {
            if (Class != other.Class)
                return Class < other.Class ? -1 : 1;
            var byScore = other.Score.CompareTo(Score);
            return byScore != 0 ? byScore : Index.CompareTo(other.Index);
        }
    }
}
