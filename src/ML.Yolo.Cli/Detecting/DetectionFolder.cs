using System.Text;
using Microsoft.ML.Data;
using ML.Yolo.Cli.Training;
using ML.Yolo.Files;

namespace ML.Yolo.Cli.Detecting;

/// <summary>
/// Where what was found goes: detections.jsonl, and what else is asked for. Lines are kept block by block until all are there, so that a run that was cut off
/// goes on with what is missing.
/// </summary>
internal sealed class DetectionFolder
{
    private const string LinesName = "detections.jsonl";
    private const string CocoName = "coco.json";
    private const string LabelsName = "labels";
    private const string ClassesName = "classes.txt";
    private const string IdentityName = "unfinished.json";
    private const string BlocksName = "unfinished";

    private readonly RunFolder _folder;
    private readonly DetectionFiles _files;
    private readonly IReadOnlyList<string> _classNames;
    private readonly BlockFiles _lines;
    private readonly BlockFiles _coco;

    private DetectionFolder(RunFolder folder, DetectionFiles files, IReadOnlyList<string> classNames)
    {
        (_folder, _files, _classNames) = (folder, files, classNames);
        _lines = new BlockFiles(folder.File(BlocksName));
        _coco = new BlockFiles(Path.Combine(folder.File(BlocksName), "coco"));
    }

    /// <summary>Full path.</summary>
    public string FullPath => _folder.FullPath;

    /// <summary>Whether objects are kept for a COCO file too.</summary>
    public bool HasCoco => _files.HasFlag(DetectionFiles.Coco);

    /// <summary>A folder that is there.</summary>
    /// <param name="path">The folder.</param>
    /// <param name="files">What goes into it.</param>
    /// <param name="classNames">Names of the classes.</param>
    public static DetectionFolder At(string path, DetectionFiles files, IReadOnlyList<string> classNames) => new(RunFolder.At(path), files, classNames);

    /// <summary>Makes a new folder: the name given, or the first of name2, name3 … that is free.</summary>
    /// <param name="path">The name.</param>
    /// <param name="identity">What is detected in, and how.</param>
    /// <returns>Its path.</returns>
    /// <exception cref="IOException">It cannot be made.</exception>
    public static string Create(string path, DetectionIdentity identity)
    {
        var full = Path.TrimEndingDirectorySeparator(Path.GetFullPath(path));
        var folder = RunFolder.Create(Path.GetDirectoryName(full) ?? full, Path.GetFileName(full), IdentityName);
        File.WriteAllText(folder.File(IdentityName), identity.ToJson());
        return folder.FullPath;
    }

    /// <summary>The folder of a run that was cut off.</summary>
    /// <param name="path">The folder.</param>
    /// <param name="identity">What is to be detected in now, and how.</param>
    /// <returns>Its full path.</returns>
    /// <exception cref="UsageException">It is not such a folder, or is of another run.</exception>
    public static string Resume(string path, DetectionIdentity identity)
    {
        var folder = RunFolder.At(Path.GetFullPath(path));
        var earlier = folder.File(IdentityName);
        if (!File.Exists(earlier))
            throw new UsageException($"--resume '{path}' holds no {IdentityName}; the folder of a run of 'mlyolo detect' that was cut off is expected.");
        return File.ReadAllText(earlier) == identity.ToJson() ? folder.FullPath : throw new UsageException(
            $"--resume '{path}' is of a run with other pictures, another model or other options: {IdentityName} there says which. The same are expected.");
    }

    /// <summary>Whether a block is done.</summary>
    public bool Has(int block) => _lines.Has(block);

    /// <summary>Keeps what there is of a block, which then is done.</summary>
    /// <param name="block">Its number.</param>
    /// <param name="lines">Lines of detections.jsonl.</param>
    /// <param name="coco">Pictures for the COCO file, a line each; empty where there is none.</param>
    /// <exception cref="IOException">It cannot be written.</exception>
    public void WriteBlock(int block, IReadOnlyList<string> lines, IReadOnlyList<string> coco)
    {
        if (HasCoco)
            _coco.Write(block, coco);
        _lines.Write(block, lines);
    }

    /// <summary>Saves what was found in a picture, each file whole or not at all.</summary>
    /// <param name="path">The picture.</param>
    /// <param name="name">What files of it are called, without extension.</param>
    /// <param name="detections">All that was found.</param>
    /// <param name="keeps">Which of it is wanted.</param>
    /// <exception cref="IOException">It cannot be written.</exception>
    public void Write(string path, string name, ImageDetections detections, Func<DetectedObject, bool> keeps)
    {
        if (_files.HasFlag(DetectionFiles.Pictures))
            WritePicture(path, name, detections.Where(keeps));
        if (!_files.HasFlag(DetectionFiles.YoloLabels))
            return;
        var lines = detections.ToYoloLines().Where((_, i) => keeps(detections[i])).Select(line => line + Environment.NewLine);
        var labels = Path.Combine(_folder.File(LabelsName), name + ".txt");
        AtomicFile.Write(labels, stream => stream.Write(Encoding.UTF8.GetBytes(string.Concat(lines))));
    }

    /// <summary>Puts the blocks together in their order, once all are there.</summary>
    /// <exception cref="IOException">A block is not there, or a file cannot be written.</exception>
    public void Finish(int blocks)
    {
        if (_files.HasFlag(DetectionFiles.YoloLabels))
            File.WriteAllLines(_folder.File(ClassesName), _classNames);
        if (HasCoco)
            new CocoDetections(_folder.File(CocoName), _classNames).Save(_coco.Lines(blocks));
        _lines.MergeInto(_folder.File(LinesName), blocks);
        File.Delete(_folder.File(IdentityName));
    }

    private void WritePicture(string path, string name, IEnumerable<DetectedObject> objects)
    {
        using var image = MLImage.CreateFromFile(path);
        var boxes = objects.Select(found => new LabeledBox(found.Label, found.Box, found.Score));
        using var picture = DetectionImage.Draw(image, boxes, new DetectionImageOptions { ClassNames = _classNames });
        var unfinished = Path.Combine(Directory.CreateDirectory(_folder.File(BlocksName)).FullName, $"{name}.png");
        picture.Save(unfinished);
        File.Move(unfinished, _folder.File($"{name}.png"), overwrite: true);
    }
}
