using Microsoft.ML.Data;
using ML.Yolo.Cli.Training;

namespace ML.Yolo.Cli.Detecting;

/// <summary>Where what was found goes: detections.jsonl, and what else is asked for. Two pictures of one name get two files.</summary>
internal sealed class DetectionFolder : IDisposable
{
    private const string LinesName = "detections.jsonl";
    private const string CocoName = "coco.json";
    private const string LabelsName = "labels";
    private const string ClassesName = "classes.txt";

    private readonly HashSet<string> _taken = new(StringComparer.OrdinalIgnoreCase);
    private readonly RunFolder _folder;
    private readonly StreamWriter _lines;
    private readonly DetectionFiles _files;
    private readonly IReadOnlyList<string> _classNames;
    private readonly CocoDetections? _coco;

    /// <summary>Makes a new folder: the name given, or the first of name2, name3 … that is free.</summary>
    /// <exception cref="IOException">It cannot be made.</exception>
    public DetectionFolder(string path, DetectionFiles files, IReadOnlyList<string> classNames)
    {
        var full = Path.TrimEndingDirectorySeparator(Path.GetFullPath(path));
        _folder = RunFolder.Create(Path.GetDirectoryName(full) ?? full, Path.GetFileName(full), LinesName);
        _lines = new StreamWriter(_folder.File(LinesName));
        (_files, _classNames) = (files, classNames);
        _coco = files.HasFlag(DetectionFiles.Coco) ? new CocoDetections(_folder.File(CocoName), classNames) : null;
        if (!files.HasFlag(DetectionFiles.YoloLabels))
            return;
        Directory.CreateDirectory(_folder.File(LabelsName));
        File.WriteAllLines(_folder.File(ClassesName), classNames);
    }

    /// <summary>Full path.</summary>
    public string FullPath => _folder.FullPath;

    /// <summary>Adds the line of a picture.</summary>
    public void WriteLine(string json) => _lines.WriteLine(json);

    /// <summary>Saves what was found in a picture.</summary>
    /// <param name="path">The picture.</param>
    /// <param name="detections">All that was found.</param>
    /// <param name="keeps">Which of it is wanted.</param>
    /// <exception cref="IOException">It cannot be written.</exception>
    public void Write(string path, ImageDetections detections, Func<DetectedObject, bool> keeps)
    {
        var name = FreeName(Path.GetFileNameWithoutExtension(path));
        if (_files.HasFlag(DetectionFiles.Pictures))
            WritePicture(path, name, detections.Where(keeps));
        if (_files.HasFlag(DetectionFiles.YoloLabels))
            File.WriteAllLines(_folder.File(Path.Combine(LabelsName, name + ".txt")), detections.ToYoloLines().Where((_, i) => keeps(detections[i])));
        _coco?.Add(path, detections, keeps);
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _lines.Dispose();
        _coco?.Save();
    }

    private void WritePicture(string path, string name, IEnumerable<DetectedObject> objects)
    {
        using var image = MLImage.CreateFromFile(path);
        var boxes = objects.Select(found => new LabeledBox(found.Label, found.Box, found.Score));
        using var picture = DetectionImage.Draw(image, boxes, new DetectionImageOptions { ClassNames = _classNames });
        picture.Save(_folder.File(name + ".png"));
    }

    private string FreeName(string name)
    {
        var free = name;
        for (var number = 2; !_taken.Add(free); number++)
            free = FormattableString.Invariant($"{name}-{number}");
        return free;
    }
}
