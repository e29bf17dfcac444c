using System.Globalization;
using System.Xml;
using System.Xml.Linq;

namespace ML.Yolo.Datasets;

/// <summary>The XML of one image in the Pascal VOC format. Document types, and with them entities, are refused: no other file is ever read.</summary>
internal sealed class PascalVocAnnotation
{
    private const long MaxCharacters = 1L << 24;

    // The format needs five levels; building a tree of a hundred thousand takes minutes.
    private const int MaxDepth = 32;

    private readonly string _path;
    private readonly XElement _root;

    private PascalVocAnnotation(string path, XElement root)
    {
        (_path, _root) = (path, root);
        FileName = root.Element("filename")?.Value.Trim() is { Length: > 0 } name ? name : null;
        if (root.Element("size") is { } size)
            (Width, Height) = ((int)OptionalNumber(size, "width"), (int)OptionalNumber(size, "height"));
        Objects = [.. root.Elements("object").Select(ReadObject)];
    }

    /// <summary>Name of the image; null where the XML does not say.</summary>
    public string? FileName { get; }

    /// <summary>Width declared, pixels; 0 where it is not.</summary>
    public int Width { get; }

    /// <summary>Height declared, pixels; 0 where it is not.</summary>
    public int Height { get; }

    /// <summary>The objects. Boxes as written: xmin, ymin, xmax, ymax, with no offset for the format's counting from 1, as other tools read them.</summary>
    public IReadOnlyList<(string ClassName, Box Box, bool IsDifficult)> Objects { get; }

    /// <exception cref="FileNotFoundException">There is no such file.</exception>
    /// <exception cref="DatasetFormatException">It is malformed; the message names line and field.</exception>
    public static PascalVocAnnotation Read(string path)
    {
        if (!File.Exists(path))
            throw new FileNotFoundException($"The annotation '{path}' does not exist.", path);
        var settings = new XmlReaderSettings { DtdProcessing = DtdProcessing.Prohibit, XmlResolver = null, MaxCharactersInDocument = MaxCharacters };
        using var stream = File.OpenRead(path);
        try
        {
            CheckDepth(path, stream, settings);
            stream.Position = 0;
            using var reader = XmlReader.Create(stream, settings);
            var root = XDocument.Load(reader, LoadOptions.SetLineInfo).Root!;
            return root.Name == "annotation"
                ? new PascalVocAnnotation(path, root)
                : throw new DatasetFormatException(path, LineOf(root), $"the root element is <{root.Name}>; <annotation> was expected.");
        }
        catch (XmlException exception)
        {
            // Of all its exceptions the reader gives the one about a document type no line.
            if (exception.LineNumber > 0)
                throw new DatasetFormatException(path, exception.LineNumber, $"not valid XML: {exception.Message}", exception);
            const string Refused = "a document type (DOCTYPE) is not allowed, since entities can name other files.";
            throw new DatasetFormatException(path, LineOf("<!DOCTYPE", path), Refused, exception);
        }
    }

    private static void CheckDepth(string path, Stream stream, XmlReaderSettings settings)
    {
        using var reader = XmlReader.Create(stream, settings);
        while (reader.Read())
        {
            if (reader.Depth <= MaxDepth)
                continue;
            var problem = $"elements lie more than {MaxDepth} deep in each other; an annotation of the Pascal VOC format was expected.";
            throw new DatasetFormatException(path, ((IXmlLineInfo)reader).LineNumber, problem);
        }
    }

    /// <summary>An exception about an element.</summary>
    public DatasetFormatException Wrong(string element, string problem) => Wrong(_root.Element(element) ?? _root, problem);

    private static int LineOf(string text, string path)
        => File.ReadLines(path).TakeWhile(line => !line.Contains(text, StringComparison.OrdinalIgnoreCase)).Count() + 1;

    private static int? LineOf(XElement element) => ((IXmlLineInfo)element).HasLineInfo() ? ((IXmlLineInfo)element).LineNumber : null;

    private DatasetFormatException Wrong(XElement element, string problem) => new(_path, LineOf(element), problem);

    private (string ClassName, Box Box, bool IsDifficult) ReadObject(XElement element, int index)
    {
        if (element.Element("name")?.Value.Trim() is not { Length: > 0 } name)
            throw Wrong(element, $"object {index} has no <name>.");
        if (element.Element("bndbox") is not { } corners)
            throw Wrong(element, $"object {index} ('{name}') has no <bndbox>; xmin, ymin, xmax and ymax were expected in one.");
        var box = new Box(Number(corners, "xmin", index), Number(corners, "ymin", index), Number(corners, "xmax", index), Number(corners, "ymax", index));
        if (box.IsInverted)
        {
            var found = FormattableString.Invariant($"{box.X0}, {box.Y0}, {box.X1}, {box.Y1}");
            throw Wrong(corners, $"object {index} ('{name}'): <bndbox> is {found}; xmin ≤ xmax and ymin ≤ ymax were expected.");
        }

        return (name, box, OptionalNumber(element, "difficult") != 0);
    }

    private float Number(XElement parent, string field, int index)
    {
        var element = parent.Element(field) ?? throw Wrong(parent, $"object {index}: <bndbox> has no <{field}>.");
        return float.TryParse(element.Value, NumberStyles.Float, CultureInfo.InvariantCulture, out var value) && float.IsFinite(value)
            ? value
            : throw Wrong(element, $"object {index}: <{field}> is '{element.Value}'; a number with a decimal point was expected.");
    }

    private double OptionalNumber(XElement parent, string field)
    {
        var text = parent.Element(field)?.Value.Trim();
        if (string.IsNullOrEmpty(text))
            return 0;
        return double.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out var value) && Math.Abs(value) <= int.MaxValue
            ? value
            : throw Wrong(parent.Element(field)!, $"<{field}> is '{text}'; a number was expected.");
    }
}
