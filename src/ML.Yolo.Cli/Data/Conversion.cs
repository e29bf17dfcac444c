using Microsoft.ML;
using ML.Yolo.Cli.Terminal;

namespace ML.Yolo.Cli.Data;

/// <summary>Labelled sets read as one, changed, and written as one.</summary>
internal sealed class Conversion(MLContext mlContext, ToolConsole console)
{
    private readonly List<string> _classNames = [];
    private readonly List<(string Split, List<LabelledPicture> Pictures)> _parts = [];

    /// <summary>The classes read so far, in the order of the sets.</summary>
    public IReadOnlyCollection<string> ClassNames => _classNames;

    /// <summary>Reads a set, or one split of it.</summary>
    public void Read(DatasetSource source, string? split, BadSampleHandling handling)
    {
        console.Say($"{source.FullPath} is a {source.FormName} set.");
        foreach (var name in split is null ? source.Splits : [split])
        {
            var rows = source.Load(mlContext.Data, name, handling);
            foreach (var className in mlContext.Data.GetClassNames(rows).Where(className => !_classNames.Contains(className)))
                _classNames.Add(className);
            _parts.Add((name.Length > 0 ? name : "train", mlContext.Pictures(rows)));
        }
    }

    /// <summary>Writes what was read.</summary>
    /// <param name="to">A .json (COCO, VoTT), or a folder (YOLO, Pascal VOC).</param>
    /// <param name="form">What to write.</param>
    /// <param name="edits">What becomes of the classes.</param>
    /// <param name="shares">How to divide anew; null: as it was.</param>
    /// <param name="seed">Decides how.</param>
    public void Write(string to, DatasetForm form, ClassEdits edits, SplitShares? shares, int seed)
    {
        var parts = shares is null
            ? _parts.GroupBy(part => part.Split).Select(group => (Name: group.Key, Pictures: group.SelectMany(part => part.Pictures).ToList())).ToList()
            : shares.Deal([.. _parts.SelectMany(part => part.Pictures)], seed);
        foreach (var (name, pictures) in parts)
        {
            var rows = mlContext.WithKeys(mlContext.Data.LoadFromEnumerable(pictures.ConvertAll(edits.Apply)), edits.ClassNames);
            console.Say($"{name}: {mlContext.Data.SummarizeDetections(rows)}");
            var json = parts.Count > 1 ? $"{Path.ChangeExtension(to, null)}-{name}.json" : to;
            console.Result(form switch
            {
                DatasetForm.Coco => WriteCoco(rows, json, pictures),
                DatasetForm.Vott => WriteVott(rows, json),
                DatasetForm.PascalVoc => Written(mlContext.Data.SaveAsPascalVoc(rows, to, name), to, name),
                _ => Written(mlContext.Data.SaveAsYoloDataset(rows, to, name), to, name),
            });
        }
    }

    /// <summary>Whether a path names a JSON file.</summary>
    public static bool IsJson(string path) => Path.GetExtension(path).Equals(".json", StringComparison.OrdinalIgnoreCase);

    private static string Written((int Images, int Objects) count, string folder, string split)
        => FormattableString.Invariant($"Wrote {count.Images} images with {count.Objects} objects to the split '{split}' of {Path.GetFullPath(folder)}.");

    private string WriteVott(IDataView rows, string file)
    {
        var (images, objects) = mlContext.Data.SaveAsVott(rows, file);
        return FormattableString.Invariant($"Wrote {images} images with {objects} objects to {Path.GetFullPath(file)}; it names their full paths.");
    }

    private string WriteCoco(IDataView rows, string file, IReadOnlyList<LabelledPicture> pictures)
    {
        var folder = CommonFolder(pictures.Select(picture => picture.ImagePath));
        var (images, objects) = mlContext.Data.SaveAsCoco(rows, file, folder);
        return FormattableString.Invariant(
            $"Wrote {images} images with {objects} objects to {Path.GetFullPath(file)}; its file names are relative to {folder}.");
    }

    private static string CommonFolder(IEnumerable<string> paths)
    {
        string? common = null;
        foreach (var folder in paths.Select(path => Path.GetDirectoryName(Path.GetFullPath(path))!).Distinct())
        {
            common ??= folder;
            while (Path.GetRelativePath(common, folder).StartsWith("..", StringComparison.Ordinal))
                common = Path.GetDirectoryName(common) ?? throw new IOException($"The images share no folder: '{folder}' is on another drive.");
        }

        return common ?? Environment.CurrentDirectory;
    }
}
