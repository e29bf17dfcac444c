using System.Collections;
using System.Globalization;
using System.Text.Json.Serialization;
using ML.Yolo.Imaging;

namespace ML.Yolo;

/// <summary>The objects found in one image, most confident first, and the image's size.</summary>
/// <remarks>
/// Boxes are in pixels of the image as stored, as in the columns of <see cref="YoloTransformer"/>. Photos of phones are often stored lying and shown upright:
/// <see cref="ToUpright"/> gives the boxes as people see the image, which is how browsers and viewers show it. <c>System.Text.Json</c> writes and reads it as
/// <c>{"Source", "Width", "Height", "Orientation", "Objects": [{"Label", "ClassIndex", "Score", "Box": {"X0", "Y0", "X1", "Y1"}}]}</c>.
/// </remarks>
[JsonConverter(typeof(ImageDetectionsConverter))]
public sealed class ImageDetections : IReadOnlyList<DetectedObject>
{
    private readonly IReadOnlyList<DetectedObject> _objects;

    internal ImageDetections(string? source, ImageFrame frame, IReadOnlyList<DetectedObject> objects, string? problem = null)
        => (Source, Frame, _objects, Problem) = (source, frame, objects, problem);

    /// <summary>The path of the image; null where it came from memory.</summary>
    public string? Source { get; }

    /// <summary>
    /// Why the image could not be read, where <see cref="ScoringOptions.BadImageHandling"/> passes over such images: it has no size and no object then. Null
    /// otherwise.
    /// </summary>
    public string? Problem { get; }

    /// <summary>Width of the image that the boxes are in, pixels.</summary>
    public int Width => Frame.Width;

    /// <summary>Height of the image that the boxes are in, pixels.</summary>
    public int Height => Frame.Height;

    /// <summary>Objects found.</summary>
    public int Count => _objects.Count;

    /// <summary>The image as stored.</summary>
    internal ImageFrame Frame { get; }

    /// <summary>An object, from 0, most confident first.</summary>
    /// <param name="index">Its number.</param>
    public DetectedObject this[int index] => _objects[index];

    /// <summary>The same objects in pixels of the image as its EXIF orientation asks it to be shown; this object where it is shown as stored.</summary>
    public ImageDetections ToUpright()
    {
        if (Frame.IsUpright)
            return this;
        var upright = new ImageFrame(Frame.UprightWidth, Frame.UprightHeight, default);
        return new ImageDetections(Source, upright, [.. _objects.Select(found => found with { Box = Frame.ToUpright(found.Box) })]);
    }

    /// <summary>Lines of a label file in the YOLO format: class index, centre x, centre y, width, height, as fractions of the upright image.</summary>
    /// <param name="includeScores">Whether the confidence follows as a sixth number, as Ultralytics' <c>save_conf</c> writes it.</param>
    public IReadOnlyList<string> ToYoloLines(bool includeScores = false)
    {
        var upright = ToUpright();
        return [.. upright.Select(found => Line(found, upright.Width, upright.Height, includeScores))];
    }

    /// <summary>Entries of a results file of COCO, in pixels of the upright image.</summary>
    /// <param name="imageId">Id of the image in the annotations.</param>
    /// <param name="categoryIds">Ids of the categories by class index; counted from 1 where omitted, as <c>SaveAsCoco</c> writes them.</param>
    /// <exception cref="ArgumentException">A class has no id.</exception>
    public IReadOnlyList<CocoDetection> ToCoco(long imageId, IReadOnlyList<long>? categoryIds = null)
        => [.. ToUpright().Select(found => new CocoDetection(
            imageId, CategoryId(found, categoryIds), [found.Box.X0, found.Box.Y0, found.Box.Width, found.Box.Height], found.Score))];

    /// <inheritdoc/>
    public IEnumerator<DetectedObject> GetEnumerator() => _objects.GetEnumerator();

    /// <inheritdoc/>
    IEnumerator IEnumerable.GetEnumerator() => GetEnumerator();

    private static long CategoryId(DetectedObject found, IReadOnlyList<long>? categoryIds)
    {
        if (categoryIds is null)
            return found.ClassIndex + 1;
        return found.ClassIndex < categoryIds.Count
            ? categoryIds[found.ClassIndex]
            : throw new ArgumentException(
                $"There are {categoryIds.Count} category ids; class {found.ClassIndex}, '{found.Label}', has none.", nameof(categoryIds));
    }

    private static string Line(DetectedObject found, int width, int height, bool includeScore)
    {
        var (x0, y0, x1, y1) = found.Box;
        var place = string.Create(
            CultureInfo.InvariantCulture,
            $"{found.ClassIndex} {(x0 + x1) / 2 / width} {(y0 + y1) / 2 / height} {found.Box.Width / width} {found.Box.Height / height}");
        return includeScore ? string.Create(CultureInfo.InvariantCulture, $"{place} {found.Score}") : place;
    }
}
