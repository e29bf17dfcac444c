using System.Text.Json;
using System.Text.Json.Serialization;
using ML.Yolo.Files;

namespace ML.Yolo.Cli.Detecting;

/// <summary>What was found in all pictures as one COCO file: images and categories, and annotations with a score.</summary>
/// <param name="path">The file.</param>
/// <param name="classNames">Names of the classes.</param>
internal sealed class CocoDetections(string path, IReadOnlyList<string> classNames)
{
    private static readonly JsonSerializerOptions Json = new() { Encoder = System.Text.Encodings.Web.JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    /// <summary>A picture and those of its objects that are kept, as a line to keep until the file is written.</summary>
    public static string Line(string image, ImageDetections detections, Func<DetectedObject, bool> keeps)
    {
        var upright = detections.ToUpright();
        var objects = detections.ToCoco(0).Where((_, i) => keeps(detections[i]));
        return JsonSerializer.Serialize(new Entry(new Picture(0, image, upright.Width, upright.Height), [.. objects]), Json);
    }

    /// <summary>Writes the file, whole or not at all. Ids are given in the order of the lines, from 1.</summary>
    /// <exception cref="IOException">It cannot be written.</exception>
    public void Save(IEnumerable<string> lines)
    {
        var (pictures, annotations) = (new List<Picture>(), new List<Annotation>());
        foreach (var entry in lines.Select(line => JsonSerializer.Deserialize<Entry>(line)!))
        {
            var id = pictures.Count + 1;
            pictures.Add(entry.Picture with { Id = id });
            foreach (var found in entry.Objects)
                annotations.Add(new Annotation(annotations.Count + 1, id, found.CategoryId, found.Bbox, found.Bbox[2] * found.Bbox[3], 0, found.Score));
        }

        var document = new Document(pictures, [.. classNames.Select((name, i) => new Category(i + 1, name))], annotations);
        AtomicFile.Write(path, stream => JsonSerializer.Serialize(stream, document, Json));
    }

    private sealed record Entry(Picture Picture, IReadOnlyList<CocoDetection> Objects);

    private sealed record Document(
        [property: JsonPropertyName("images")] IReadOnlyList<Picture> Images,
        [property: JsonPropertyName("categories")] IReadOnlyList<Category> Categories,
        [property: JsonPropertyName("annotations")] IReadOnlyList<Annotation> Annotations);

    private sealed record Picture(
        [property: JsonPropertyName("id")] long Id,
        [property: JsonPropertyName("file_name")] string FileName,
        [property: JsonPropertyName("width")] int Width,
        [property: JsonPropertyName("height")] int Height);

    private sealed record Category([property: JsonPropertyName("id")] long Id, [property: JsonPropertyName("name")] string Name);

    private sealed record Annotation(
        [property: JsonPropertyName("id")] long Id,
        [property: JsonPropertyName("image_id")] long ImageId,
        [property: JsonPropertyName("category_id")] long CategoryId,
        [property: JsonPropertyName("bbox")] IReadOnlyList<float> Bbox,
        [property: JsonPropertyName("area")] float Area,
        [property: JsonPropertyName("iscrowd")] int IsCrowd,
        [property: JsonPropertyName("score")] float Score);
}
