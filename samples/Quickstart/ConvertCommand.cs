using System.CommandLine;
using Microsoft.ML;
using Microsoft.ML.Data;
using ML.Yolo;

namespace Quickstart;

/// <summary>Converts a labelled set from YOLO, COCO, Pascal VOC or VoTT to YOLO or COCO.</summary>
internal static class ConvertCommand
{
    private static readonly string[] YoloSplits = ["train", "val", "test"];

    private static readonly Option<string> From = new("--from")
    {
        Description = "The set: a data.yaml or its folder (YOLO), a folder with ImageSets and Annotations (Pascal VOC), a .json with --images (COCO), "
            + "a .json without (VoTT).",
        HelpName = "PATH",
        Required = true,
    };

    private static readonly Option<string> To = new("--to")
    {
        Description = "What to write: a .json (COCO; images stay where they are), or a folder (YOLO; images are copied).",
        HelpName = "PATH",
        Required = true,
    };

    private static readonly Option<string?> Images = new("--images")
    {
        Description = "The folder that file names of a COCO set are relative to.",
        HelpName = "FOLDER",
    };

    private static readonly Option<string?> Split = new("--split") { Description = "One split alone. [default: all that the set has]", HelpName = "NAME" };

    private static readonly Option<bool> SkipBad = new("--skip-bad")
    {
        Description = "Leave bad samples out and report them, instead of stopping at the first.",
    };

    /// <summary>The command, for the command line.</summary>
    public static Command Create()
    {
        From.Validators.Add(result =>
        {
            if (result.GetValueOrDefault<string>() is { } path && !Path.Exists(path))
                result.AddError($"--from '{path}' does not exist.");
        });
        var command = new Command("convert", "Converts a labelled set to the YOLO or the COCO format.") { From, To, Images, Split, SkipBad };
        command.SetAction(parsed =>
        {
            try
            {
                var handling = parsed.GetValue(SkipBad) ? BadSampleHandling.Skip : BadSampleHandling.Throw;
                Run(parsed.GetValue(From)!, parsed.GetValue(To)!, parsed.GetValue(Images), parsed.GetValue(Split), handling);
                return 0;
            }
            catch (Exception exception) when (exception is FormatException or IOException or UnauthorizedAccessException)
            {
                Console.Error.WriteLine(exception.Message);
                return CommandLine.WrongUsage;
            }
        });
        return command;
    }

    private static void Run(string from, string to, string? images, string? split, BadSampleHandling handling)
    {
        var mlContext = new MLContext();
        mlContext.Log += (_, entry) =>
        {
            if (entry.Kind == Microsoft.ML.Runtime.ChannelMessageKind.Warning)
                Console.Error.WriteLine(entry.RawMessage);
        };
        string[] splits = split is null ? Splits(from) : [split];
        foreach (var name in splits)
        {
            var data = Load(mlContext.Data, from, images, name, handling);
            Console.WriteLine($"{name}: {mlContext.Data.SummarizeDetections(data)}");
            Write(mlContext.Data, data, to, name, splits.Length > 1);
        }
    }

    private static string[] Splits(string from)
    {
        if (IsJson(from))
            return ["train"];
        var lists = Path.Combine(from, "ImageSets", "Main");
        if (Directory.Exists(lists))
        {
            // trainval repeats two others, and names such as cat_train list one class.
            var names = Directory.GetFiles(lists, "*.txt").Select(file => Path.GetFileNameWithoutExtension(file));
            return [.. names.Where(name => name != "trainval" && !name.Contains('_', StringComparison.Ordinal)).Order(StringComparer.Ordinal)];
        }

        var yaml = Directory.Exists(from) ? Path.Combine(from, "data.yaml") : from;
        var lines = File.Exists(yaml) ? File.ReadAllLines(yaml) : [];
        var found = YoloSplits.Where(name => lines.Any(line => line.StartsWith(name + ":", StringComparison.Ordinal))).ToArray();
        return found.Length > 0 ? found : ["train"];
    }

    private static IDataView Load(DataOperationsCatalog data, string from, string? images, string split, BadSampleHandling handling)
    {
        if (IsJson(from))
            return images is null ? data.LoadFromVott(from, handling) : data.LoadFromCoco(from, images, handling);
        return Directory.Exists(Path.Combine(from, "ImageSets", "Main"))
            ? data.LoadFromPascalVoc(from, split, badSampleHandling: handling)
            : data.LoadFromYoloDataset(from, split, handling);
    }

    private static void Write(DataOperationsCatalog data, IDataView rows, string to, string split, bool isOneOfSeveral)
    {
        if (!IsJson(to))
        {
            var (copied, labelled) = data.SaveAsYoloDataset(rows, to, split);
            Console.WriteLine($"Wrote {copied} images with {labelled} objects to the split '{split}' of {Path.GetFullPath(to)}.");
            return;
        }

        var file = isOneOfSeveral ? Path.ChangeExtension(to, null) + $"-{split}.json" : to;
        var folder = CommonFolder(rows.GetColumn<string>("ImagePath"));
        var (images, objects) = data.SaveAsCoco(rows, file, folder);
        Console.WriteLine($"Wrote {images} images with {objects} objects to {Path.GetFullPath(file)}; its file names are relative to {folder}.");
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

    private static bool IsJson(string path) => Path.GetExtension(path).Equals(".json", StringComparison.OrdinalIgnoreCase);
}
