using System.CommandLine;
using System.Text.Json;
using ML.Yolo.Cli.Data;
using ML.Yolo.Cli.Models;
using ML.Yolo.Cli.Terminal;

namespace ML.Yolo.Cli;

/// <summary>Measures a model on a labelled set.</summary>
internal static class ValCommand
{
    private static readonly JsonSerializerOptions Json = new() { WriteIndented = true };

    private static readonly DataOptions Set = new();
    private static readonly ModelOption Model = new();

    private static readonly Option<string> Split = new("--split")
    {
        Description = "Which part of the set; a COCO or VoTT file is one part.",
        HelpName = "NAME",
        DefaultValueFactory = _ => "val",
    };

    private static readonly Option<string> Definition = new("--definition")
    {
        Description = "Whose rules to follow: coco or ultralytics.",
        DefaultValueFactory = _ => "coco",
    };

    private static readonly Option<string?> Report = new("--report") { Description = "Write report.html into this folder.", HelpName = "FOLDER" };

    private static readonly Option<bool> AsJson = new("--json") { Description = "Print the numbers as JSON." };

    /// <summary>The command, for the command line.</summary>
    public static Command Create()
    {
        Definition.AcceptOnlyFromAmong("coco", "ultralytics");
        var command = new ExampledCommand(
            "val",
            "Measures a model on a labelled set and prints a table, or JSON.",
            "mlyolo val --model runs/train/model.zip --data my-set/data.yaml --report report");
        foreach (var option in new Option[] { Model.Path, Set.Data, Set.Images, Split, Definition, Report, AsJson, Set.SkipBad, Model.Device })
            command.Options.Add(option);
        command.SetRun(Run);
        return command;
    }

    private static int Run(ParseResult parsed, ToolConsole console)
    {
        var mlContext = Model.Context(parsed, console);
        var source = Set.Source(parsed);
        console.Say($"{source.FullPath} is a {source.FormName} set.");
        using var model = Model.Load(parsed, mlContext);
        var rows = source.Load(mlContext.Data, parsed.GetValue(Split)!, Set.Handling(parsed));
        var definition = parsed.GetValue(Definition) == "coco" ? DetectionMetricDefinition.Coco : DetectionMetricDefinition.Ultralytics;
        var scored = parsed.GetValue(Report) is null ? null : ModelMeasurement.Score(mlContext, model.Detector, rows);
        var metrics = scored is null
            ? ModelMeasurement.Measure(mlContext, model.Detector, rows, definition)
            : ModelMeasurement.Measure(mlContext, scored, definition);
        console.Result(parsed.GetValue(AsJson) ? JsonSerializer.Serialize(metrics, Json) : metrics.ToString().TrimEnd());
        if (scored is not null && parsed.GetValue(Report) is { } folder)
            console.Say($"Wrote {ModelMeasurement.WriteReport(mlContext, model.Detector, scored, metrics, folder, Path.GetFileName(model.FullPath))}.");
        return ExitCode.Done;
    }
}
