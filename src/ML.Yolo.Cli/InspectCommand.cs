using System.CommandLine;
using System.Globalization;
using Microsoft.ML;
using ML.Yolo.Cli.Data;
using ML.Yolo.Cli.Models;
using ML.Yolo.Cli.Terminal;

namespace ML.Yolo.Cli;

/// <summary>Tells what a labelled set or a model holds.</summary>
internal static class InspectCommand
{
    private static readonly HashSet<string> ModelExtensions = new(StringComparer.OrdinalIgnoreCase) { ".zip", ".onnx", ".safetensors", ".pt" };

    private static readonly DataOptions Set = new();

    private static readonly Argument<string> Target = new("PATH")
    {
        Description = "A labelled set (a data.yaml or its folder, a folder of Pascal VOC, a .json with --images, a .json of VoTT), or a model: .zip,\n"
            + ".onnx, .safetensors or .pt.",
    };

    private static readonly Option<string?> Split = new("--split") { Description = "One split alone. [default: all that the set has]", HelpName = "NAME" };

    private static readonly Option<string?> Sheet = new("--sheet")
    {
        Description = "Write the first pictures with their labels as one JPEG; of several splits each, as FILE-SPLIT.jpg.",
        HelpName = "FILE",
    };

    private static readonly Option<bool> Layers = new("--layers") { Description = "List the layers of a model." };

    /// <summary>The command, for the command line.</summary>
    public static Command Create()
    {
        var command = new ExampledCommand("inspect", "Tells what a labelled set or a model holds.", "mlyolo inspect my-set/data.yaml --sheet labels.jpg");
        command.Arguments.Add(Target);
        foreach (var option in new Option[] { Set.Images, Split, Sheet, Layers, Set.SkipBad })
            command.Options.Add(option);
        command.SetRun(Run);
        return command;
    }

    private static int Run(ParseResult parsed, ToolConsole console)
    {
        var mlContext = console.CreateContext();
        var path = parsed.GetValue(Target)!;
        if (ModelExtensions.Contains(Path.GetExtension(path)))
            DescribeModel(mlContext, path, parsed.GetValue(Layers), console);
        else
            DescribeSet(mlContext, DatasetSource.Recognise(path, parsed.GetValue(Set.Images), "PATH"), parsed, console);
        return ExitCode.Done;
    }

    private static void DescribeSet(MLContext mlContext, DatasetSource source, ParseResult parsed, ToolConsole console)
    {
        console.Result($"{source.FullPath} is a {source.FormName} set.");
        IReadOnlyList<string> splits = parsed.GetValue(Split) is { } only ? [only] : source.Splits;
        foreach (var split in splits)
        {
            var rows = source.Load(mlContext.Data, split, Set.Handling(parsed));
            console.Result($"{Environment.NewLine}{(split.Length > 0 ? $"{split}: " : "")}{mlContext.Data.SummarizeDetections(rows)}");
            console.Result(BoxStatistics.Table(mlContext.Pictures(rows)));
            if (parsed.GetValue(Sheet) is not { } sheet)
                continue;
            var file = splits.Count > 1 ? $"{Path.ChangeExtension(sheet, null)}-{split}.jpg" : sheet;
            ContactSheet.Write(mlContext, rows, mlContext.Data.GetClassNames(rows), file);
            console.Say($"Wrote {Path.GetFullPath(file)}.");
        }
    }

    private static void DescribeModel(MLContext mlContext, string path, bool withLayers, ToolConsole console)
    {
        DatasetSource.RefuseAddress(path, "PATH");
        using var model = ModelFile.Load(mlContext, path);
        var detector = model.Detector;
        var scoring = detector.Scoring;
        console.Result(string.Create(CultureInfo.InvariantCulture, $"""
            file          {model.FullPath} ({new FileInfo(path).Length / 1e6:F1} MB)
            architecture  {detector.Architecture}
            engine        {detector.ScoringEngine}
            image size    {detector.ImageSize} pixels
            classes       {detector.ClassNames.Count}: {string.Join(", ", detector.ClassNames)}
            scoring       score above {scoring.ScoreThreshold}, IoU up to {scoring.IouThreshold}, at most {scoring.MaxDetections} per image
            """));
        if (detector.History is { Epochs: [.., var last] })
        {
            console.Result(FormattableString.Invariant(
                $"training      {last.Epoch} epochs, {last.Elapsed.TotalSeconds:F0} s; mAP50 {last.MAP50:F3}, mAP50-95 {last.MAP50_95:F3} at the last"));
        }

        if (detector.ScoringEngine != ScoringEngine.LibTorch)
            return;
        var lines = detector.Network.Summary(detector.ImageSize, detector.ImageSize).TrimEnd().Split('\n');
        console.Result(withLayers ? $"{Environment.NewLine}{string.Join('\n', lines)}" : $"network       {lines[^1].Trim()}");
    }
}
