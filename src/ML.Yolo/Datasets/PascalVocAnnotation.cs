using System.Globalization;
using System.Text;
using System.Xml;
using System.Xml.Linq;

namespace ML.Yolo.Datasets;

/// <summary>The XML of one image in the Pascal VOC format. Document types, and with them entities, are refused: no other file is ever read.</summary>
internal sealed class PascalVocAnnotation
{
    private const long MaxBytes = 1L << 26;

    // The declaration of the encoding stands at the very beginning.
    private const int DeclarationLength = 256;

    // The format needs five levels; building a tree of a hundred thousand takes minutes.
    private const int MaxDepth = 32;

    private readonly string _path;
    private readonly XElement _root;

    private PascalVocAnnotation(string path, XElement root)
    {
        (_path, _root) = (path, root);
        FileName = Named("filename") ?? Named("path");
        if (root.Element("size") is { } size)
            (Width, Height) = ((int)OptionalNumber(size, "width"), (int)OptionalNumber(size, "height"));
        Objects = [.. root.Elements("object").Select(ReadObject)];
    }

    /// <summary>Name or path of the image, perhaps of another machine; null where the XML does not say.</summary>
    public string? FileName { get; }

    /// <summary>A word in "difficult" that is neither a number nor yes or no; null where there is none.</summary>
    public string? OddDifficult { get; private set; }

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
        var length = new FileInfo(path).Length;
        if (length is 0 or > MaxBytes)
        {
            var problem = length == 0
                ? "the file is empty; an <annotation> was expected."
                : FormattableString.Invariant($"the file is {length} bytes long; at most {MaxBytes} were expected of an annotation.");
            throw new DatasetFormatException(path, line: null, problem);
        }

        return Parse(path, Decode(path, File.ReadAllBytes(path)));
    }

    private static PascalVocAnnotation Parse(string path, string text)
    {
        try
        {
            CheckDepth(path, text);
            using var characters = new StringReader(text);
            using var reader = Reader(characters);
            var root = XDocument.Load(reader, LoadOptions.SetLineInfo).Root!;
            return root.Name == "annotation"
                ? new PascalVocAnnotation(path, root)
                : throw new DatasetFormatException(path, LineOf(root), $"the root element is <{root.Name}>; <annotation> was expected.");
        }
        catch (XmlException exception)
        {
            // The reader's own exceptions look alike, and the one about a document type has no line: the text tells.
            var documentType = text.IndexOf("<!DOCTYPE", StringComparison.OrdinalIgnoreCase);
            if (documentType >= 0)
            {
                const string Refused = "a document type (DOCTYPE) is not allowed, since entities can name other files.";
                throw new DatasetFormatException(path, text.AsSpan(0, documentType).Count('\n') + 1, Refused, exception);
            }

            var problem = string.IsNullOrWhiteSpace(text)
                ? "the file is empty but for white space; an <annotation> was expected."
                : $"not valid XML: {exception.Message}";
            throw new DatasetFormatException(path, exception.LineNumber > 0 ? exception.LineNumber : null, problem, exception);
        }
    }

    /// <summary>The text in the encoding that its byte-order mark or its declaration says, UTF-8 without either.</summary>
    private static string Decode(string path, byte[] bytes)
    {
        var start = Encoding.Latin1.GetString(bytes, 0, Math.Min(bytes.Length, DeclarationLength));
        var declared = EncodingName(start);
        if (declared.Length == 0 || declared.Equals("utf-8", StringComparison.OrdinalIgnoreCase))
            return SetText.Decode(path, bytes);
        try
        {
            var (forEncoder, forDecoder) = (EncoderFallback.ExceptionFallback, DecoderFallback.ExceptionFallback);
            var encoding = CodePagesEncodingProvider.Instance.GetEncoding(declared, forEncoder, forDecoder)
                ?? Encoding.GetEncoding(declared, forEncoder, forDecoder);
            return encoding.GetByteCount("<") == 1
                ? encoding.GetString(bytes)
                : throw new DatasetFormatException(path, line: 1, $"the file declares the encoding '{declared}', and is not written in it.");
        }
        catch (DecoderFallbackException exception)
        {
            throw new DatasetFormatException(path, line: null, $"the file declares the encoding '{declared}', and is not written in it.", exception);
        }
        catch (Exception exception) when (exception is ArgumentException or NotSupportedException)
        {
            throw new DatasetFormatException(path, line: 1, $"the encoding '{declared}' that the file declares is not known.", exception);
        }
    }

    /// <summary>The encoding that the XML declaration names; empty where it names none.</summary>
    private static string EncodingName(string start)
    {
        var end = start.IndexOf("?>", StringComparison.Ordinal);
        var declaration = start.StartsWith("<?xml", StringComparison.Ordinal) && end > 0 ? start[..end] : "";
        var name = declaration.IndexOf("encoding", StringComparison.Ordinal);
        return name < 0 ? "" : declaration[name..].Split('"', '\'') is [_, var value, ..] ? value.Trim() : "";
    }

    private static XmlReader Reader(TextReader text)
        => XmlReader.Create(text, new XmlReaderSettings { DtdProcessing = DtdProcessing.Prohibit, XmlResolver = null, MaxCharactersInDocument = MaxBytes });

    private static void CheckDepth(string path, string text)
    {
        using var characters = new StringReader(text);
        using var reader = Reader(characters);
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

        return (name, box, IsDifficult(element));
    }

    /// <summary>A number other than 0, or a yes. Tools write words here too; "Unspecified" is one that means no.</summary>
    private bool IsDifficult(XElement element)
    {
        var text = element.Element("difficult")?.Value.Trim() ?? "";
        if (double.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out var value))
            return value != 0;
        switch (text.ToUpperInvariant())
        {
            case "TRUE" or "T" or "YES" or "Y":
                return true;
            case "" or "FALSE" or "F" or "NO" or "N" or "UNSPECIFIED":
                return false;
            default:
                OddDifficult = text;
                return false;
        }
    }

    private string? Named(string element) => _root.Element(element)?.Value.Trim() is { Length: > 0 } name ? name : null;

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
