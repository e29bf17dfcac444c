using System.Globalization;
using System.Xml;
using ML.Yolo.Files;
using ML.Yolo.Imaging;

namespace ML.Yolo.Datasets;

/// <summary>Writes rows as one split of a set in Pascal VOC's layout: images are copied, and each gets an XML.</summary>
/// <remarks>
/// Everything is written in a hidden folder of the set and moved into place when it is whole; the list of the split comes last. Where a writer is killed, no
/// list names what it left, and the next one removes its folder.
/// </remarks>
internal sealed class PascalVocWriter
{
    private const string Images = "JPEGImages";
    private const string Annotations = "Annotations";

    private readonly string _folder;
    private readonly string _split;
    private readonly string _list;
    private readonly UniqueImageNames _names = new();
    private readonly List<string> _written = [];

    /// <param name="folder">The set's folder; made if absent.</param>
    /// <param name="split">The split to add.</param>
    /// <exception cref="IOException">The split is there already.</exception>
    public PascalVocWriter(string folder, string split)
    {
        (_folder, _split) = (Path.GetFullPath(folder), split);
        var lists = Path.Combine(_folder, "ImageSets", "Main");
        _list = Path.Combine(lists, split + ".txt");
        if (SetPath.Inside(lists, split) != Path.Combine(lists, split))
            throw new ArgumentException($"'{split}' is not the name of a split; a name without slashes was expected.", nameof(split));
        if (File.Exists(_list))
            throw new IOException($"'{_list}' is there already; a split is written once.");
        foreach (var taken in Existing(Images).Concat(Existing(Annotations)).Distinct(StringComparer.OrdinalIgnoreCase))
            _names.Reserve(taken);
    }

    /// <summary>Writes every row.</summary>
    /// <returns>Images and objects written.</returns>
    /// <exception cref="IOException">A file cannot be read or written; the message names it, and no list names what is left.</exception>
    public (int Images, int Objects) Write(IEnumerable<DetectionRow> rows)
    {
        var staging = AtomicFile.TemporaryIn(_folder);
        try
        {
            Prepare(staging);
            var objects = 0;
            foreach (var row in rows)
            {
                WriteRow(row, staging);
                objects += row.Label.Length;
            }

            if (_written.Count == 0)
                throw new ArgumentException("There are no rows; a split of this format names at least one image.");
            MoveIntoPlace(staging);
            return (_written.Count, objects);
        }
        catch (Exception exception) when (exception is UnauthorizedAccessException
            || (exception is IOException && !exception.Message.Contains(_folder, StringComparison.Ordinal)))
        {
            throw new IOException($"The split '{_split}' could not be written into '{_folder}': {exception.Message}", exception);
        }
        finally
        {
            if (Directory.Exists(staging))
                Directory.Delete(staging, recursive: true);
        }
    }

    /// <summary>Names of images or annotations that are there already, without their extensions.</summary>
    private IEnumerable<string> Existing(string part)
        => Directory.Exists(Path.Combine(_folder, part))
            ? Directory.GetFiles(Path.Combine(_folder, part)).Select(file => Path.GetFileNameWithoutExtension(file))
            : [];

    private void Prepare(string staging)
    {
        Directory.CreateDirectory(_folder);
        AtomicFile.RemoveStale(_folder);
        foreach (var part in new[] { Images, Annotations })
        {
            Directory.CreateDirectory(Path.Combine(staging, part));
            Directory.CreateDirectory(Path.Combine(_folder, part));
        }
    }

    private void WriteRow(DetectionRow row, string staging)
    {
        var name = _names.Take(Path.GetFileName(row.ImagePath));
        File.Copy(row.ImagePath, Path.Combine(staging, Images, name));
        using var xml = XmlWriter.Create(
            Path.Combine(staging, Annotations, Path.ChangeExtension(name, ".xml")),
            new XmlWriterSettings { Indent = true, OmitXmlDeclaration = true });
        WriteAnnotation(xml, row, name);
        _written.Add(name);
    }

    private static void WriteAnnotation(XmlWriter xml, DetectionRow row, string name)
    {
        const int Channels = 3;
        var frame = ImageHeader.Read(row.ImagePath);
        xml.WriteStartElement("annotation");
        xml.WriteElementString("folder", Images);
        xml.WriteElementString("filename", name);
        xml.WriteStartElement("size");
        WriteNumber(xml, "width", frame.UprightWidth);
        WriteNumber(xml, "height", frame.UprightHeight);
        WriteNumber(xml, "depth", Channels);
        xml.WriteEndElement();
        WriteNumber(xml, "segmented", 0);
        for (var i = 0; i < row.Label.Length; i++)
            WriteObject(xml, row.Label[i], frame.ToUpright(row.BoundingBoxes[i]), frame);
        xml.WriteEndElement();
    }

    private static void WriteObject(XmlWriter xml, string label, Box box, ImageFrame frame)
    {
        xml.WriteStartElement("object");
        xml.WriteElementString("name", label);
        xml.WriteElementString("pose", "Unspecified");
        WriteNumber(xml, "truncated", 0);
        WriteNumber(xml, "difficult", 0);
        xml.WriteStartElement("bndbox");
        WriteNumber(xml, "xmin", Math.Clamp(box.X0, 0, frame.UprightWidth));
        WriteNumber(xml, "ymin", Math.Clamp(box.Y0, 0, frame.UprightHeight));
        WriteNumber(xml, "xmax", Math.Clamp(box.X1, 0, frame.UprightWidth));
        WriteNumber(xml, "ymax", Math.Clamp(box.Y1, 0, frame.UprightHeight));
        xml.WriteEndElement();
        xml.WriteEndElement();
    }

    private static void WriteNumber(XmlWriter xml, string name, float value) => xml.WriteElementString(name, value.ToString(CultureInfo.InvariantCulture));

    /// <summary>Images and annotations first, the list that names them last: what is half done names nothing.</summary>
    private void MoveIntoPlace(string staging)
    {
        var moved = new List<string>();
        try
        {
            foreach (var name in _written)
            {
                Move(Annotations, Path.ChangeExtension(name, ".xml"));
                Move(Images, name);
            }

            Directory.CreateDirectory(Path.GetDirectoryName(_list)!);
            var stems = _written.Select(Path.GetFileNameWithoutExtension);
            AtomicFile.Write(_list, stream =>
            {
                using var writer = new StreamWriter(stream, leaveOpen: true) { NewLine = "\n" };
                foreach (var stem in stems)
                    writer.WriteLine(stem);
            });
        }
        catch
        {
            moved.ForEach(File.Delete);
            throw;
        }

        void Move(string part, string name)
        {
            var place = Path.Combine(_folder, part, name);
            File.Move(Path.Combine(staging, part, name), place);
            moved.Add(place);
        }
    }
}
