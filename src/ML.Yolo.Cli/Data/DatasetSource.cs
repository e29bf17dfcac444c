using Microsoft.ML;

namespace ML.Yolo.Cli.Data;

/// <summary>A labelled set as the command line names it, its format recognised.</summary>
internal sealed class DatasetSource
{
    private static readonly string[] YoloSplits = ["train", "val", "test"];

    private DatasetSource(string path, string? images, DatasetForm form) => (FullPath, Images, Form) = (path, images, form);

    /// <summary>Full path of the file or folder.</summary>
    public string FullPath { get; }

    /// <summary>The folder that a COCO set's file names are relative to; null for other formats.</summary>
    public string? Images { get; }

    /// <summary>Its format.</summary>
    public DatasetForm Form { get; }

    /// <summary>The format as people call it.</summary>
    public string FormName => Form switch
    {
        DatasetForm.Yolo => "YOLO",
        DatasetForm.Coco => "COCO",
        DatasetForm.PascalVoc => "Pascal VOC",
        _ => "VoTT",
    };

    /// <summary>The parts the set is divided into; a JSON file is one, and has no name.</summary>
    public IReadOnlyList<string> Splits => Form switch
    {
        DatasetForm.Yolo => YoloSplitNames(),
        DatasetForm.PascalVoc => VocSplitNames(),
        _ => [""],
    };

    /// <summary>Looks at a path and says which format it is.</summary>
    /// <param name="path">A data.yaml or its folder, a folder of Pascal VOC, a JSON file of COCO or of VoTT.</param>
    /// <param name="images">The folder of images, for COCO.</param>
    /// <param name="option">The option that names the path, for messages.</param>
    /// <exception cref="UsageException">It is none of them.</exception>
    public static DatasetSource Recognise(string path, string? images, string option)
    {
        RefuseAddress(path, option);
        var full = Path.GetFullPath(path);
        var form = Directory.Exists(full) ? OfFolder(full, option) : OfFile(full, option);
        if (form == DatasetForm.Coco && images is null)
            throw new UsageException($"{option} '{path}' is a COCO set; --images FOLDER, where its pictures are, is expected beside it.");
        if (form != DatasetForm.Coco && images is not null)
            throw new UsageException($"--images is for COCO sets, and {option} '{path}' is not one: leave --images out.");
        if (images is not null && !Directory.Exists(images))
            throw new UsageException($"--images '{images}' does not exist; the folder that the COCO set's file names are relative to is expected.");
        return new DatasetSource(full, images is null ? null : Path.GetFullPath(images), form);
    }

    /// <summary>Refuses what is an address on a network.</summary>
    /// <exception cref="UsageException">It is one.</exception>
    public static void RefuseAddress(string path, string option)
    {
        if (path.Contains("://", StringComparison.Ordinal))
            throw new UsageException($"{option} '{path}' is an address; mlyolo reads nothing from a network: download it and name the file.");
    }

    /// <summary>Whether the set has a part of that name.</summary>
    public bool HasSplit(string split) => Splits.Contains(split);

    /// <summary>Loads one part; a JSON file has one alone, whatever it is called.</summary>
    /// <exception cref="UsageException">There is no such part.</exception>
    public IDataView Load(DataOperationsCatalog data, string split, BadSampleHandling handling)
    {
        if ((Form is DatasetForm.Yolo or DatasetForm.PascalVoc) && !HasSplit(split))
        {
            var found = string.Join(", ", Splits.Select(name => $"'{name}'"));
            throw new UsageException($"'{FullPath}' has no split '{split}'; {(found.Length > 0 ? $"it has {found}" : "it has none")}.");
        }

        return Form switch
        {
            DatasetForm.Yolo => data.LoadFromYoloDataset(FullPath, split, handling),
            DatasetForm.Coco => data.LoadFromCoco(FullPath, Images!, handling),
            DatasetForm.PascalVoc => data.LoadFromPascalVoc(FullPath, split, badSampleHandling: handling),
            _ => data.LoadFromVott(FullPath, handling),
        };
    }

    private static DatasetForm OfFolder(string folder, string option)
    {
        if (Directory.Exists(Path.Combine(folder, "ImageSets", "Main")))
            return DatasetForm.PascalVoc;
        if (Directory.EnumerateFiles(folder).Any(IsYaml))
            return DatasetForm.Yolo;
        throw new UsageException(
            $"{option} '{folder}' holds neither a data.yaml (YOLO) nor ImageSets/Main (Pascal VOC); name one of them, or the .json of a COCO or VoTT set.");
    }

    private static DatasetForm OfFile(string file, string option)
    {
        if (!File.Exists(file))
            throw new UsageException($"{option} '{file}' does not exist; a data.yaml or a folder, or the .json of a COCO or VoTT set, is expected.");
        if (IsYaml(file))
            return DatasetForm.Yolo;
        if (!Path.GetExtension(file).Equals(".json", StringComparison.OrdinalIgnoreCase))
            throw new UsageException($"{option} '{file}' is neither .yaml nor .json; a data.yaml (YOLO), or the .json of a COCO or VoTT set, is expected.");
        return JsonForm.Recognise(file)
            ?? throw new UsageException($"{option} '{file}' begins like neither a COCO set ('images', 'annotations') nor a VoTT export ('assets', 'tags').");
    }

    private static bool IsYaml(string path) => Path.GetExtension(path).ToUpperInvariant() is ".YAML" or ".YML";

    private string[] YoloSplitNames()
    {
        var files = Directory.Exists(FullPath) ? Directory.GetFiles(FullPath).Where(IsYaml) : [FullPath];
        var yaml = files.OrderBy(file => Path.GetFileName(file) != "data.yaml").First();
        var keys = SimpleYaml.Read(yaml, depth: 1).Select(entry => entry.Name).ToHashSet(StringComparer.Ordinal);
        return [.. YoloSplits.Where(keys.Contains)];
    }

    private string[] VocSplitNames()
    {
        // trainval repeats two others, and names such as cat_train list one class.
        var names = Directory.GetFiles(Path.Combine(FullPath, "ImageSets", "Main"), "*.txt").Select(file => Path.GetFileNameWithoutExtension(file));
        return [.. names.Where(name => name != "trainval" && !name.Contains('_', StringComparison.Ordinal)).Order(StringComparer.Ordinal)];
    }
}
