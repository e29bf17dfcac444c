using System.Text.Json;
using System.Text.Json.Serialization;

namespace ML.Yolo.Cli.Detecting;

/// <summary>What was found in all pictures as one COCO file: images and categories, and annotations with a score.</summary>
internal sealed class CocoDetections(string path, IReadOnlyList<string> classNames)
{
    private static readonly JsonSerializerOptions Json = new() { Encoder = System.Text.Encodings.Web.JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    private readonly List<Picture> _pictures = [];
    private readonly List<Annotation> _annotations = [];

    /// <summary>Adds a picture and those of its objects that are kept.</summary>
    public void Add(string image, ImageDetections detections, Func<DetectedObject, bool> keeps)
    {
        var upright = detections.ToUpright();
        var id = _pictures.Count + 1;
        _pictures.Add(new Picture(id, image, upright.Width, upright.Height));
        foreach (var found in detections.ToCoco(id).Where((_, i) => keeps(detections[i])))
            _annotations.Add(new Annotation(_annotations.Count + 1, id, found.CategoryId, found.Bbox, found.Bbox[2] * found.Bbox[3], 0, found.Score));
    }

    /// <summary>Writes the file, whole or not at all.</summary>
    /// <exception cref="IOException">It cannot be written.</exception>
    public void Save()
    {
        var temporary = path + ".part";
        using (var file = File.Create(temporary))
            JsonSerializer.Serialize(file, new Document(_pictures, [.. classNames.Select((name, i) => new Category(i + 1, name))], _annotations), Json);
        File.Move(temporary, path, overwrite: true);
    }

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
