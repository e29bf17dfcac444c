using System.Text.Json;
using ML.Yolo.Columns;
using ML.Yolo.Files;

namespace ML.Yolo.Datasets;

/// <summary>Writes rows as a COCO JSON. Images stay where they are.</summary>
/// <param name="imageFolder">The folder that <c>file_name</c> is relative to.</param>
/// <param name="classNames">Names of the classes; category ids count from 1 in their order. Others follow as they are met.</param>
internal sealed class CocoWriter(string imageFolder, IEnumerable<string> classNames)
{
    private const int FlushEvery = 1 << 16;

    private readonly ClassTable _classes = new(classNames) { TakesNewNames = true };
    private readonly List<(int Image, int Category, Box Box)> _annotations = [];
    private int _images;

    /// <summary>Writes every row.</summary>
    /// <returns>Images and objects written.</returns>
    /// <exception cref="ArgumentException">An image lies outside the folder.</exception>
    public (int Images, int Objects) Write(IEnumerable<DetectionRow> rows, string path)
    {
        AtomicFile.Write(path, stream =>
        {
            using var json = new Utf8JsonWriter(stream, new JsonWriterOptions { Indented = false });
            json.WriteStartObject();
            json.WriteStartArray("images");
            foreach (var row in rows)
                WriteImage(json, row);
            json.WriteEndArray();
            json.WriteStartArray("annotations");
            for (var i = 0; i < _annotations.Count; i++)
                WriteAnnotation(json, i + 1, _annotations[i]);
            json.WriteEndArray();
            json.WriteStartArray("categories");
            for (var i = 0; i < _classes.Names.Count; i++)
                WriteCategory(json, i + 1, _classes.Names[i]);
            json.WriteEndArray();
            json.WriteEndObject();
        });
        return (_images, _annotations.Count);
    }

    private void WriteImage(Utf8JsonWriter json, DetectionRow row)
    {
        var relative = Path.GetRelativePath(imageFolder, row.ImagePath);
        if (SetPath.Inside(imageFolder, relative) is null)
            throw new ArgumentException($"The image '{row.ImagePath}' is not in the folder '{imageFolder}'; file names of a COCO JSON are relative to it.");
        var frame = ImageHeader.Read(row.ImagePath);
        _images++;
        json.WriteStartObject();
        json.WriteNumber("id", _images);
        json.WriteString("file_name", relative.Replace('\\', '/'));
        json.WriteNumber("width", frame.UprightWidth);
        json.WriteNumber("height", frame.UprightHeight);
        json.WriteEndObject();
        for (var i = 0; i < row.Label.Length; i++)
            _annotations.Add((_images, _classes.IndexOf(row.Label[i]) + 1, frame.ToUpright(row.BoundingBoxes[i])));
        if (json.BytesPending > FlushEvery)
            json.Flush();
    }

    private static void WriteAnnotation(Utf8JsonWriter json, int id, (int Image, int Category, Box Box) annotation)
    {
        var box = annotation.Box;
        json.WriteStartObject();
        json.WriteNumber("id", id);
        json.WriteNumber("image_id", annotation.Image);
        json.WriteNumber("category_id", annotation.Category);
        json.WriteStartArray("bbox");
        json.WriteNumberValue(box.X0);
        json.WriteNumberValue(box.Y0);
        json.WriteNumberValue(box.Width);
        json.WriteNumberValue(box.Height);
        json.WriteEndArray();
        json.WriteNumber("area", box.SingleArea);
        json.WriteNumber("iscrowd", 0);
        json.WriteStartArray("segmentation");
        json.WriteEndArray();
        json.WriteEndObject();
        if (json.BytesPending > FlushEvery)
            json.Flush();
    }

    private static void WriteCategory(Utf8JsonWriter json, int id, string name)
    {
        json.WriteStartObject();
        json.WriteNumber("id", id);
        json.WriteString("name", name);
        json.WriteString("supercategory", "");
        json.WriteEndObject();
    }
}
