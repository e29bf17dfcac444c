using Microsoft.ML.Data;
using ML.Yolo.Cli.Training;

namespace ML.Yolo.Cli.Detecting;

/// <summary>Where what was found goes: detections.jsonl, and pictures with their boxes, of which two of one name get two files.</summary>
internal sealed class DetectionFolder : IDisposable
{
    private const string LinesName = "detections.jsonl";

    private readonly HashSet<string> _taken = new(StringComparer.OrdinalIgnoreCase);
    private readonly RunFolder _folder;
    private readonly StreamWriter _lines;

    /// <summary>Makes a new folder: the name given, or the first of name2, name3 … that is free.</summary>
    /// <exception cref="IOException">It cannot be made.</exception>
    public DetectionFolder(string path)
    {
        var full = Path.TrimEndingDirectorySeparator(Path.GetFullPath(path));
        _folder = RunFolder.Create(Path.GetDirectoryName(full) ?? full, Path.GetFileName(full), LinesName);
        _lines = new StreamWriter(_folder.File(LinesName));
    }

    /// <summary>Full path.</summary>
    public string FullPath => _folder.FullPath;

    /// <summary>Adds the line of a picture.</summary>
    public void WriteLine(string json) => _lines.WriteLine(json);

    /// <summary>Draws what was found on a picture and saves it.</summary>
    /// <exception cref="IOException">It cannot be written.</exception>
    public void WritePicture(string path, IReadOnlyList<DetectedObject> objects, IReadOnlyList<string> classNames)
    {
        using var image = MLImage.CreateFromFile(path);
        var boxes = objects.Select(found => new LabeledBox(found.Label, found.Box, found.Score));
        using var picture = DetectionImage.Draw(image, boxes, new DetectionImageOptions { ClassNames = classNames });
        picture.Save(_folder.File(FreeName(Path.GetFileNameWithoutExtension(path)) + ".png"));
    }

    /// <inheritdoc/>
    public void Dispose() => _lines.Dispose();

    private string FreeName(string name)
    {
        var free = name;
        for (var number = 2; !_taken.Add(free); number++)
            free = FormattableString.Invariant($"{name}-{number}");
        return free;
    }
}
