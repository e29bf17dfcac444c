using System.Collections;
using ML.Yolo.Imaging;

namespace ML.Yolo;

/// <summary>The objects found in one image, most confident first, and the image's size.</summary>
/// <remarks>
/// Boxes are in pixels of the image as stored, as in the columns of <see cref="YoloTransformer"/>. Photos of phones are often stored lying and shown upright:
/// <see cref="ToUpright"/> gives the boxes as people see the image, which is how browsers and viewers show it.
/// </remarks>
public sealed class ImageDetections : IReadOnlyList<DetectedObject>
{
    private readonly ImageFrame _frame;
    private readonly IReadOnlyList<DetectedObject> _objects;

    internal ImageDetections(string? source, ImageFrame frame, IReadOnlyList<DetectedObject> objects, string? problem = null)
        => (Source, _frame, _objects, Problem) = (source, frame, objects, problem);

    /// <summary>The path of the image; null where it came from memory.</summary>
    public string? Source { get; }

    /// <summary>
    /// Why the image could not be read, where <see cref="ScoringOptions.BadImageHandling"/> passes over such images: it has no size and no object then. Null
    /// otherwise.
    /// </summary>
    public string? Problem { get; }

    /// <summary>Width of the image that the boxes are in, pixels.</summary>
    public int Width => _frame.Width;

    /// <summary>Height of the image that the boxes are in, pixels.</summary>
    public int Height => _frame.Height;

    /// <summary>Objects found.</summary>
    public int Count => _objects.Count;

    /// <summary>An object, from 0, most confident first.</summary>
    /// <param name="index">Its number.</param>
    public DetectedObject this[int index] => _objects[index];

    /// <summary>The same objects in pixels of the image as its EXIF orientation asks it to be shown; this object where it is shown as stored.</summary>
    public ImageDetections ToUpright()
    {
        if (_frame.IsUpright)
            return this;
        var upright = new ImageFrame(_frame.UprightWidth, _frame.UprightHeight, default);
        return new ImageDetections(Source, upright, [.. _objects.Select(found => found with { Box = _frame.ToUpright(found.Box) })]);
    }

    /// <inheritdoc/>
    public IEnumerator<DetectedObject> GetEnumerator() => _objects.GetEnumerator();

    /// <inheritdoc/>
    IEnumerator IEnumerable.GetEnumerator() => GetEnumerator();
}
