using System.Text.Json;
using System.Text.Json.Serialization;
using ML.Yolo.Imaging;
using SkiaSharp;

namespace ML.Yolo;

/// <summary>JSON of <see cref="ImageDetections"/>: an object with size and list, named as the options name properties.</summary>
internal sealed class ImageDetectionsConverter : JsonConverter<ImageDetections>
{
    private const int Upright = (int)SKEncodedOrigin.TopLeft;

    public override ImageDetections Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options)
    {
        var content = JsonSerializer.Deserialize<Content>(ref reader, options) ?? throw new JsonException("null was found; detections were expected.");
        var isPassedOver = content is { Problem: not null, Width: 0, Height: 0, Objects: { Count: 0 } };
        if (!isPassedOver && content is not { Width: > 0, Height: > 0, Objects: not null, Orientation: >= Upright and <= (int)SKEncodedOrigin.LeftBottom })
        {
            throw new JsonException(FormattableString.Invariant(
                $"Detections of an image of {content.Width} × {content.Height} pixels, orientation {content.Orientation}, ")
                + $"{(content.Objects is null ? "without" : "with")} objects were found; "
                + "sizes of at least 1, an orientation in [1, 8] and a list of objects were expected.");
        }

        foreach (var (i, found) in content.Objects!.Index())
        {
            if (found is not { Label: not null, ClassIndex: >= 0, Score: >= 0 and <= 1, Box.IsFinite: true })
                throw new JsonException($"Object {i} has not a label, a class index of at least 0, a score in [0, 1] and a finite box, which were expected.");
        }

        var frame = new ImageFrame(content.Width, content.Height, (SKEncodedOrigin)content.Orientation);
        return new ImageDetections(content.Source, frame, content.Objects!, content.Problem);
    }

    public override void Write(Utf8JsonWriter writer, ImageDetections value, JsonSerializerOptions options)
    {
        var origin = value.Frame.IsUpright ? Upright : (int)value.Frame.Origin;
        JsonSerializer.Serialize(writer, new Content(value.Source, value.Width, value.Height, origin, [.. value], value.Problem), options);
    }

    /// <param name="Source">Path of the image.</param>
    /// <param name="Width">Pixels, as stored.</param>
    /// <param name="Height">Pixels, as stored.</param>
    /// <param name="Orientation">EXIF's number; 1 is upright.</param>
    /// <param name="Objects">What was found.</param>
    /// <param name="Problem">Why the image could not be read; absent where it could.</param>
    private sealed record Content(
        string? Source,
        int Width,
        int Height,
        int Orientation = Upright,
        IReadOnlyList<DetectedObject>? Objects = null,
        [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] string? Problem = null);
}
