using ML.Yolo.Abuse.Fuzzing.Targets;

namespace ML.Yolo.Abuse.Fuzzing;

/// <summary>Every reader of files, by name.</summary>
internal static class FuzzTargets
{
    /// <summary>The targets, each made with a folder of its own when its turn comes first.</summary>
    public static IReadOnlyList<(string Name, Func<string, FuzzTarget> Create)> All { get; } =
    [
        ("safetensors", WeightTargets.Safetensors),
        ("weights", WeightTargets.Network),
        ("pt", WeightTargets.PyTorch),
        ("checkpoint", WeightTargets.TrainingCheckpoint),
        ("zip", ModelTargets.Zip),
        ("zip-onnx", ModelTargets.OnnxZip),
        ("manifest", ModelTargets.Manifest),
        ("onnx", ModelTargets.Onnx),
        ("coco", DatasetTargets.Coco),
        ("vott", DatasetTargets.Vott),
        ("voc", DatasetTargets.Voc),
        ("voc-split", DatasetTargets.VocSplit),
        ("yolo-labels", DatasetTargets.YoloLabels),
        ("yolo-yaml", DatasetTargets.YoloYaml),
        ("yolo-list", DatasetTargets.YoloList),
        ("image", ImageTargets.Detect),
        ("image-tiles", ImageTargets.Tiles),
        ("detections-json", ImageTargets.DetectionsJson),
        ("options", ToolTargets.Options),
    ];

    /// <summary>Those whose files may compute for as long as they like: they are fuzzed only where they are asked for by name.</summary>
    public static IReadOnlyList<string> Programs { get; } = ["onnx"];

    /// <summary>Makes a target, with what a corpus has for it.</summary>
    public static FuzzTarget Create(string name, string folder, string? corpus)
    {
        var target = All.Single(entry => entry.Name == name).Create(Directory.CreateDirectory(Path.Combine(folder, name)).FullName);
        if (corpus is null || !Directory.Exists(Path.Combine(corpus, name)))
            return target;
        var more = Directory.EnumerateFiles(Path.Combine(corpus, name)).Order(StringComparer.Ordinal).Select(File.ReadAllBytes)
            .Where(bytes => bytes.Length <= FuzzTarget.MaxLength);
        return new FuzzTarget
        {
            Name = target.Name,
            Seeds = [.. target.Seeds, .. more],
            Mutations = target.Mutations,
            Read = target.Read,
            Documented = target.Documented,
        };
    }
}
