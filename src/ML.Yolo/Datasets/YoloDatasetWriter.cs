using System.Globalization;
using System.Text;
using ML.Yolo.Columns;
using ML.Yolo.Files;
using YamlDotNet.Serialization;

namespace ML.Yolo.Datasets;

/// <summary>Writes rows as one split of a set in the YOLO format: images are copied, labels are written beside them, and data.yaml names both.</summary>
internal sealed class YoloDatasetWriter
{
    private readonly string _folder;
    private readonly string _split;
    private readonly ClassTable _classes;
    private readonly HashSet<string> _fileNames = new(StringComparer.OrdinalIgnoreCase);

    /// <param name="folder">The set's folder; made if absent.</param>
    /// <param name="split">The split to add.</param>
    /// <param name="classNames">Names of the classes; a data.yaml that is there already keeps its own in front.</param>
    /// <exception cref="IOException">The split has images already.</exception>
    public YoloDatasetWriter(string folder, string split, IEnumerable<string> classNames)
    {
        (_folder, _split) = (Path.GetFullPath(folder), split);
        if (Directory.Exists(ImageFolder) && Directory.EnumerateFileSystemEntries(ImageFolder).Any())
            throw new IOException($"'{ImageFolder}' has files already; a split is written once.");
        _classes = new ClassTable(ExistingNames()) { TakesNewNames = true };
        foreach (var name in classNames)
            _classes.IndexOf(name);
    }

    private string ImageFolder => Path.Combine(_folder, "images", _split);

    private string YamlPath => Path.Combine(_folder, "data.yaml");

    /// <summary>Writes every row.</summary>
    /// <returns>Images and objects written.</returns>
    public (int Images, int Objects) Write(IEnumerable<DetectionRow> rows)
    {
        Directory.CreateDirectory(ImageFolder);
        Directory.CreateDirectory(Path.Combine(_folder, "labels", _split));
        var (images, objects) = (0, 0);
        foreach (var row in rows)
        {
            var image = Path.Combine(ImageFolder, UniqueName(Path.GetFileName(row.ImagePath)));
            var lines = Lines(row);
            File.Copy(row.ImagePath, image);
            AtomicFile.Write(YoloDataset.LabelPath(image), stream => stream.Write(Encoding.UTF8.GetBytes(lines)));
            images++;
            objects += row.Label.Length;
        }

        WriteYaml();
        return (images, objects);
    }

    private IReadOnlyList<string> ExistingNames() => File.Exists(YamlPath) ? YoloDatasetFile.Read(YamlPath).ClassNames : [];

    /// <summary>Images of several folders may share a name; here they share a folder. Labels go by the name without its extension.</summary>
    private string UniqueName(string name)
    {
        var (stem, extension) = (Path.GetFileNameWithoutExtension(name), Path.GetExtension(name));
        for (var number = 2; !_fileNames.Add(Path.GetFileNameWithoutExtension(name)); number++)
            name = $"{stem}-{number}{extension}";
        return name;
    }

    /// <summary>The format holds fractions of the upright picture, and nothing outside it: boxes are clipped.</summary>
    private string Lines(DetectionRow row)
    {
        var text = new StringBuilder();
        var frame = ImageHeader.Read(row.ImagePath);
        for (var i = 0; i < row.Label.Length; i++)
        {
            var index = _classes.IndexOf(row.Label[i]);
            var box = frame.ToUpright(row.BoundingBoxes[i]);
            var (x0, x1) = (Fraction(box.X0, frame.UprightWidth), Fraction(box.X1, frame.UprightWidth));
            var (y0, y1) = (Fraction(box.Y0, frame.UprightHeight), Fraction(box.Y1, frame.UprightHeight));
            text.Append(CultureInfo.InvariantCulture, $"{index} {(x0 + x1) / 2:0.##########} {(y0 + y1) / 2:0.##########} ");
            text.Append(CultureInfo.InvariantCulture, $"{x1 - x0:0.##########} {y1 - y0:0.##########}\n");
        }

        return text.ToString();
    }

    private static double Fraction(float pixels, int size) => Math.Clamp((double)pixels / size, 0, 1);

    private void WriteYaml()
    {
        var content = new Dictionary<string, object>();
        foreach (var split in new[] { "train", "val", "test", _split })
        {
            if (split == _split || Directory.Exists(Path.Combine(_folder, "images", split)))
                content[split] = $"images/{split}";
        }

        content["names"] = _classes.Names.Select((name, index) => (name, index)).ToDictionary(entry => entry.index, entry => entry.name);
        var yaml = new SerializerBuilder().WithQuotingNecessaryStrings(quoteYaml1_1Strings: true).Build().Serialize(content);
        AtomicFile.Write(YamlPath, stream => stream.Write(Encoding.UTF8.GetBytes(yaml)));
    }
}
