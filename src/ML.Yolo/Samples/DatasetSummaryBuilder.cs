using System.Runtime.InteropServices;

namespace ML.Yolo.Samples;

/// <summary>Counts what a set holds, one image at a time.</summary>
/// <param name="classNames">Classes that are to be listed even where they have no object.</param>
internal sealed class DatasetSummaryBuilder(IEnumerable<string> classNames)
{
    // Label files round: what leaves the image by less is not a mistake.
    private const float Tolerance = 1;

    private readonly Dictionary<string, int> _perClass = new(classNames.Distinct(StringComparer.Ordinal).Select(name => KeyValuePair.Create(name, 0)));
    private readonly Dictionary<(int Width, int Height), int> _sizes = [];
    private readonly List<float> _relativeSizes = [];
    private readonly HashSet<(string, Box)> _objects = [];
    private int _images;
    private int _emptyImages;
    private int _repeatedImages;
    private int _repeatedObjects;
    private int _outside;
    private int _emptyBoxes;

    /// <summary>Adds an image.</summary>
    /// <param name="width">Width, pixels.</param>
    /// <param name="height">Height, pixels.</param>
    /// <param name="labels">Class of each object.</param>
    /// <param name="boxes">Box of each object, pixels of the image.</param>
    /// <param name="isRepeated">Whether an earlier image has the same content.</param>
    public void Add(int width, int height, ReadOnlySpan<string> labels, ReadOnlySpan<Box> boxes, bool isRepeated)
    {
        _images++;
        _repeatedImages += isRepeated ? 1 : 0;
        _emptyImages += labels.Length == 0 ? 1 : 0;
        CollectionsMarshal.GetValueRefOrAddDefault(_sizes, (width, height), out _)++;
        _objects.Clear();
        for (var i = 0; i < labels.Length; i++)
        {
            CollectionsMarshal.GetValueRefOrAddDefault(_perClass, labels[i], out _)++;
            var box = boxes[i];
            _emptyBoxes += box.Area <= 0 ? 1 : 0;
            _outside += box.X0 < -Tolerance || box.Y0 < -Tolerance || box.X1 > width + Tolerance || box.Y1 > height + Tolerance ? 1 : 0;
            _relativeSizes.Add((float)Math.Sqrt(Math.Max(box.Area, 0) / ((double)width * height)));
            _repeatedObjects += _objects.Add((labels[i], box)) ? 0 : 1;
        }
    }

    /// <summary>The summary of all that was added.</summary>
    /// <param name="remarks">What was guessed or passed over while the set was read.</param>
    public DatasetSummary Build(IReadOnlyList<string>? remarks = null)
    {
        _relativeSizes.Sort();
        return new DatasetSummary
        {
            ImageCount = _images,
            EmptyImageCount = _emptyImages,
            RepeatedImageCount = _repeatedImages,
            ObjectCount = _relativeSizes.Count,
            RepeatedObjectCount = _repeatedObjects,
            OutsideObjectCount = _outside,
            EmptyBoxCount = _emptyBoxes,
            MedianRelativeSize = _relativeSizes.Count == 0 ? 0 : _relativeSizes[_relativeSizes.Count / 2],
            PerClass = [.. _perClass.Select(entry => (entry.Key, entry.Value)).OrderByDescending(entry => entry.Value)],
            Remarks = remarks ?? [],
            ImageSizes = [.. _sizes.Select(entry => (entry.Key.Width, entry.Key.Height, entry.Value)).OrderByDescending(entry => entry.Value)],
        };
    }
}
