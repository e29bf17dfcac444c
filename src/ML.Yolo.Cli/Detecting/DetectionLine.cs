using System.Text.Encodings.Web;
using System.Text.Json;

namespace ML.Yolo.Cli.Detecting;

/// <summary>What was found in a picture, as a line.</summary>
internal static class DetectionLine
{
    private static readonly JsonSerializerOptions Json = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    /// <summary>For people: the path, and how many of each class.</summary>
    public static string ForPeople(string path, IReadOnlyList<DetectedObject> objects)
    {
        var counts = objects.GroupBy(found => found.Label).OrderByDescending(group => group.Count()).ThenBy(group => group.Key, StringComparer.Ordinal);
        return $"{path}: {(objects.Count == 0 ? "nothing" : string.Join(", ", counts.Select(group => $"{group.Count()} {group.Key}")))}";
    }

    /// <summary>For programs: JSON with the picture's size and its objects, boxes as x0, y0, x1, y1 in pixels.</summary>
    public static string AsJson(string path, ImageDetections detections, IReadOnlyList<DetectedObject> objects) => JsonSerializer.Serialize(
        new
        {
            image = path,
            width = detections.Width,
            height = detections.Height,
            objects = objects.Select(found => new
            {
                label = found.Label,
                @class = found.ClassIndex,
                score = found.Score,
                box = new[] { found.Box.X0, found.Box.Y0, found.Box.X1, found.Box.Y1 },
            }),
        },
        Json);

    /// <summary>For programs: a picture that could not be read.</summary>
    public static string AsJson(string path, string error) => JsonSerializer.Serialize(new { image = path, error }, Json);
}
