using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using ML.Yolo.Columns;
using ML.Yolo.Files;
using ML.Yolo.Imaging;

namespace ML.Yolo.Datasets;

/// <summary>Writes rows as a JSON of the kind that VoTT 2 exports and Model Builder takes. Images stay where they are.</summary>
/// <param name="name">Name of the project.</param>
/// <param name="classNames">Names of the tags, in their order. Others follow as they are met.</param>
internal sealed class VottWriter(string name, IEnumerable<string> classNames)
{
    private const int FlushEvery = 1 << 16;
    private const int IdLength = 32;
    private const int Image = 1;
    private const int Visited = 1;
    private const int Tagged = 2;
    private const int HuesPerTurn = 360;
    private const int GoldenAngle = 137;

    private readonly ClassTable _classes = new(classNames) { TakesNewNames = true };
    private int _images;
    private int _objects;

    /// <summary>Writes every row.</summary>
    /// <returns>Images and objects written.</returns>
    public (int Images, int Objects) Write(IEnumerable<DetectionRow> rows, string path)
    {
        AtomicFile.Write(path, stream =>
        {
            using var json = new Utf8JsonWriter(stream, new JsonWriterOptions { Indented = false });
            json.WriteStartObject();
            json.WriteString("name", name);
            json.WriteString("version", "2.2.0");
            json.WriteStartObject("assets");
            foreach (var row in rows)
                WriteAsset(json, row);
            json.WriteEndObject();
            json.WriteStartArray("tags");
            for (var i = 0; i < _classes.Names.Count; i++)
                WriteTag(json, i, _classes.Names[i]);
            json.WriteEndArray();
            json.WriteEndObject();
        });
        return (_images, _objects);
    }

    /// <summary>As long as VoTT's own. An image that comes twice gets another.</summary>
    private string Id(string path)
        => Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(FormattableString.Invariant($"{_images} {path}"))))[..IdLength];

    private void WriteAsset(Utf8JsonWriter json, DetectionRow row)
    {
        var (path, frame) = (Path.GetFullPath(row.ImagePath), ImageHeader.Read(row.ImagePath));
        var id = Id(path);
        _images++;
        json.WriteStartObject(id);
        json.WriteStartObject("asset");
        json.WriteString("format", Path.GetExtension(path).TrimStart('.'));
        json.WriteString("id", id);
        json.WriteString("name", Path.GetFileName(path));
        json.WriteString("path", "file:" + path.Replace('\\', '/'));
        json.WriteStartObject("size");
        json.WriteNumber("width", frame.UprightWidth);
        json.WriteNumber("height", frame.UprightHeight);
        json.WriteEndObject();
        json.WriteNumber("state", row.Label.Length > 0 ? Tagged : Visited);
        json.WriteNumber("type", Image);
        json.WriteEndObject();
        json.WriteStartArray("regions");
        for (var i = 0; i < row.Label.Length; i++)
            WriteRegion(json, row.Label[i], Clipped(frame.ToUpright(row.BoundingBoxes[i]), frame));
        json.WriteEndArray();
        json.WriteString("version", "2.2.0");
        json.WriteEndObject();
        if (json.BytesPending > FlushEvery)
            json.Flush();
    }

    private static Box Clipped(Box box, ImageFrame frame) => new(
        Math.Clamp(box.X0, 0, frame.UprightWidth), Math.Clamp(box.Y0, 0, frame.UprightHeight),
        Math.Clamp(box.X1, 0, frame.UprightWidth), Math.Clamp(box.Y1, 0, frame.UprightHeight));

    private void WriteRegion(Utf8JsonWriter json, string label, Box box)
    {
        _objects++;
        _classes.IndexOf(label);
        json.WriteStartObject();
        json.WriteString("id", _objects.ToString("x8", CultureInfo.InvariantCulture));
        json.WriteString("type", "RECTANGLE");
        json.WriteStartArray("tags");
        json.WriteStringValue(label);
        json.WriteEndArray();
        json.WriteStartObject("boundingBox");
        json.WriteNumber("left", box.X0);
        json.WriteNumber("top", box.Y0);
        json.WriteNumber("width", box.Width);
        json.WriteNumber("height", box.Height);
        json.WriteEndObject();
        json.WriteStartArray("points");
        foreach (var (x, y) in new[] { (box.X0, box.Y0), (box.X1, box.Y0), (box.X1, box.Y1), (box.X0, box.Y1) })
        {
            json.WriteStartObject();
            json.WriteNumber("x", x);
            json.WriteNumber("y", y);
            json.WriteEndObject();
        }

        json.WriteEndArray();
        json.WriteEndObject();
    }

    private static void WriteTag(Utf8JsonWriter json, int index, string name)
    {
        json.WriteStartObject();
        json.WriteString("name", name);
        json.WriteString("color", Color(index));
        json.WriteEndObject();
    }

    /// <summary>Hues a golden angle apart: near ones are far apart in number.</summary>
    private static string Color(int index)
    {
        var color = SkiaSharp.SKColor.FromHsl(index * GoldenAngle % HuesPerTurn, s: 90, l: 45);
        return FormattableString.Invariant($"#{color.Red:x2}{color.Green:x2}{color.Blue:x2}");
    }
}
