using System.Globalization;
using System.Text;
using ML.Yolo.Columns;
using ML.Yolo.Files;

namespace ML.Yolo.Datasets;

/// <summary>Writes rows as one split of a set in the YOLO format: images are copied, labels are written beside them, and data.yaml names both.</summary>
/// <remarks>
/// A split is written in a hidden folder of the set and moved into place when it is whole; data.yaml names it last. Where a writer is killed, the set is as
/// it was, and the next one removes the rest.
/// </remarks>
internal sealed class YoloDatasetWriter
{
    private readonly string _folder;
    private readonly string _split;
    private readonly YoloDatasetFile? _existing;
    private readonly ClassTable _classes;
    private readonly UniqueImageNames _fileNames = new();

    /// <param name="folder">The set's folder; made if absent.</param>
    /// <param name="split">The split to add.</param>
    /// <param name="classNames">Names of the classes; a data.yaml that is there already keeps its own in front.</param>
    /// <exception cref="IOException">The split is there already.</exception>
    public YoloDatasetWriter(string folder, string split, IEnumerable<string> classNames)
    {
        (_folder, _split) = (Path.GetFullPath(folder), split);
        if (SetPath.Inside(Path.Combine(_folder, "images"), split) != Path.Combine(_folder, "images", split))
            throw new ArgumentException($"'{split}' is not the name of a split; a name without slashes was expected.", nameof(split));
        foreach (var taken in new[] { ImageFolder, LabelFolder })
        {
            if (Directory.Exists(taken) && Directory.EnumerateFileSystemEntries(taken).Any())
                throw new IOException($"'{taken}' has files already; a split is written once.");
        }

        _existing = ReadExisting();
        if (_existing is not null && IsThere(_existing))
            throw new IOException($"'{_existing.FilePath}' has a split '{split}' already; a split is written once.");
        _classes = new ClassTable(_existing?.ClassNames ?? []) { TakesNewNames = true };
        foreach (var name in classNames)
            _classes.IndexOf(name);
    }

    private string ImageFolder => Path.Combine(_folder, "images", _split);

    private string LabelFolder => Path.Combine(_folder, "labels", _split);

    /// <summary>Writes every row.</summary>
    /// <returns>Images and objects written.</returns>
    /// <exception cref="IOException">A file cannot be read or written; the message names it, and nothing is left.</exception>
    public (int Images, int Objects) Write(IEnumerable<DetectionRow> rows)
    {
        var staging = AtomicFile.TemporaryIn(_folder);
        try
        {
            Prepare(staging);
            var (images, objects) = (0, 0);
            foreach (var row in rows)
            {
                WriteRow(row, staging);
                images++;
                objects += row.Label.Length;
            }

            MoveIntoPlace(staging);
            return (images, objects);
        }
        catch (UnauthorizedAccessException exception)
        {
            throw new IOException($"The split '{_split}' could not be written into '{_folder}': {exception.Message}", exception);
        }
        catch (IOException exception) when (!exception.Message.Contains(_folder, StringComparison.Ordinal))
        {
            throw new IOException($"The split '{_split}' could not be written into '{_folder}': {exception.Message}", exception);
        }
        finally
        {
            if (Directory.Exists(staging))
                Directory.Delete(staging, recursive: true);
        }
    }

    private YoloDatasetFile? ReadExisting()
    {
        if (!Directory.Exists(_folder) || YoloDatasetFile.FindIn(_folder) is not { } file)
            return null;
        try
        {
            return YoloDatasetFile.Read(file);
        }
        catch (DatasetFormatException) when (Path.GetFileNameWithoutExtension(file) != "data")
        {
            // A YAML file of something else.
            return null;
        }
    }

    /// <summary>Whether the file names the split, and something is where it points.</summary>
    private bool IsThere(YoloDatasetFile file)
    {
        if (!file.SplitNames.Contains(_split))
            return false;
        try
        {
            return file.Locations(_split, new Remarks()).Count > 0;
        }
        catch (DatasetFormatException)
        {
            return false;
        }
    }

    private void Prepare(string staging)
    {
        Directory.CreateDirectory(_folder);
        AtomicFile.RemoveStale(_folder);
        Directory.CreateDirectory(Path.Combine(staging, "images"));
        Directory.CreateDirectory(Path.Combine(staging, "labels"));
    }

    private void WriteRow(DetectionRow row, string staging)
    {
        var name = _fileNames.Take(Path.GetFileName(row.ImagePath));
        var lines = Lines(row);
        File.Copy(row.ImagePath, Path.Combine(staging, "images", name));
        File.WriteAllText(Path.Combine(staging, "labels", Path.ChangeExtension(name, ".txt")), lines);
    }

    /// <summary>Labels first, the file that names them last: what is half done names nothing.</summary>
    private void MoveIntoPlace(string staging)
    {
        var moved = new List<string>();
        try
        {
            foreach (var (from, to) in new[] { ("labels", LabelFolder), ("images", ImageFolder) })
            {
                Directory.CreateDirectory(Path.GetDirectoryName(to)!);
                if (Directory.Exists(to))
                    Directory.Delete(to);
                Directory.Move(Path.Combine(staging, from), to);
                moved.Add(to);
            }

            new YoloYamlWriter(_folder, _split, ImageFolder).Write(_existing, _classes.Names);
        }
        catch
        {
            foreach (var folder in moved)
                Directory.Delete(folder, recursive: true);
            throw;
        }
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
}
