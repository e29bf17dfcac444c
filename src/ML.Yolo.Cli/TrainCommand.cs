using System.CommandLine;
using ML.Yolo.Cli.Data;
using ML.Yolo.Cli.Terminal;
using ML.Yolo.Cli.Training;

namespace ML.Yolo.Cli;

/// <summary>Trains, and leaves a run folder.</summary>
internal static class TrainCommand
{
    private const string Remarks =
        "Started by mpirun, its processes share every batch: mpirun -n 4 mlyolo train …; the first writes and prints.\n" +
        "The run folder gets model.zip, best.safetensors, last.safetensors, report.html, results.csv, options.yaml, log.txt, labels.jpg (the first\n"
        + "pictures with their labels) and first-batch.jpg (the first batch as augmented).\n"
        + "Which value counts, each before those to its right: other options and --set, --options FILE, the run of --resume, the default.\n"
        + "Ctrl-C once ends after the batch at work, keeps the best so far and leaves the run resumable, and says how; twice ends at once.";

    private const string WeightsHelp =
        "Weights to begin with: .safetensors, .pt or a model.zip. Ultralytics' releases on GitHub have yolov5n.pt, yolov8n.pt, yolo11n.pt and others, "
        + "under the AGPL-3.0; download one, then --weights yolov5n.pt. [default: none, from scratch]";

    private static readonly YoloTrainer.Options Defaults = new();

    private static readonly string Patience = OptionText.Write(Defaults.EarlyStoppingPatience)!;
    private static readonly string Optimizers = string.Join(", ", Enum.GetNames<OptimizerKind>());
    private static readonly string Architectures = string.Join(", ", YoloArchitecture.All);
    private static readonly DataOptions Set = new();

    private static readonly Option<string?> ValidationData = Text(
        "--val-data",
        "PATH",
        "A set of its own to measure each epoch on. [default: the set's 'val' split; "
        + "where it has none, a tenth of the pictures, drawn by the seed, is held out]");

    private static readonly Option<string?> ValidationImages = Text(
        "--val-images",
        "FOLDER",
        "The pictures of --val-data, where that is a COCO set. [default: --images]");
    private static readonly Option<string?> Resume = Text("--resume", "FOLDER", "Go on with an interrupted run, in its folder.");
    private static readonly Option<string?> OptionsFile = Text("--options", "FILE", "A YAML file of options, such as a run's options.yaml.");
    private static readonly Option<string> Output = new("--output")
    {
        Description = "Where run folders go.",
        HelpName = "FOLDER",
        DefaultValueFactory = _ => "runs",
    };

    private static readonly Option<string> Name = new("--name")
    {
        Description = "Name of the run's folder; where it is taken: name2, name3 …",
        HelpName = "NAME",
        DefaultValueFactory = _ => "train",
    };

    private static readonly Option<string[]> Assignments = new("--set")
    {
        Description = "Any option of the trainer, nested ones with dots; may be given many times: --set Loss.BoxWeight=0.1 --set Augmentation=FineTune.",
        HelpName = "NAME=VALUE",
        AllowMultipleArgumentsPerToken = false,
    };

    private static readonly Option<bool> ShowOptions = new("--show-options") { Description = "Print every option with its value as YAML, and train nothing." };

    /// <summary>Options of the command line that stand for options of the run.</summary>
    private static readonly (Option<string?> Option, string Name)[] Shorthands =
    [
        (Text("--architecture", "NAME", $"The network: {Architectures}. [default: that of --weights, else {YoloArchitecture.V5Nano}]"), "Architecture"),
        (Text("--weights", "FILE", WeightsHelp), "PretrainedWeights"),
        (Text("--epochs", "N", $"Passes over the data. [default: {Defaults.MaxEpoch}]"), "MaxEpoch"),
        (Text("--image-size", "PIXELS", $"Side of the square the network sees. [default: {Defaults.ImageSize}]"), "ImageSize"),
        (Text("--batch-size", "N", $"Images per training step. [default: {Defaults.BatchSize}]"), "BatchSize"),
        (Text("--loss", "NAME", $"The loss: {string.Join(", ", OptionText.LossNames())}. [default: the architecture's own]"), "Loss"),
        (Text("--optimizer", "NAME", $"{Optimizers}. [default: {Defaults.Optimizer}, by the length of the run]"), "Optimizer"),
        (Text("--learning-rate", "NUMBER", "Learning rate after the warm-up. [default: by the recipe]"), "LearningRate"),
        (Text("--freeze", "N", "How many of the first layers keep their weights; 10 is YOLOv5's backbone."), "FreezeLayers"),
        (Text("--patience", "N", $"Epochs without a better one until training ends; 0 is never. [default: {Patience}]"), "EarlyStoppingPatience"),
        (Text("--precision", "NAME", $"{string.Join(", ", Enum.GetNames<TrainingPrecision>())}. [default: {Defaults.Precision}]"), "Precision"),
        (Text("--workers", "N", "Threads that decode and augment pictures while the network learns. [default: half the processors]"), "LoaderThreads"),
        (Text("--seed", "N", "Decides everything drawn at random. [default: 0]"), "seed"),
        (Text("--device", "DEVICE", "cpu, the number of a GPU, or several: 0,1. [default: cpu]"), "device"),
    ];

    /// <summary>The command, for the command line.</summary>
    public static Command Create()
    {
        var command = new ExampledCommand(
            "train",
            "Trains a detector and leaves a run folder with the model, weights, a report and a log.",
            "mlyolo train --data my-set/data.yaml --architecture yolov5s --epochs 50",
            Remarks);
        foreach (var option in new Option[] { Set.Data, Set.Images, ValidationData, ValidationImages })
            command.Options.Add(option);
        foreach (var (option, _) in Shorthands)
            command.Options.Add(option);
        foreach (var option in new Option[] { Assignments, OptionsFile, Set.SkipBad, Resume, Output, Name, ToolProcesses.Timeout, ShowOptions })
            command.Options.Add(option);
        command.SetRun(Run);
        return command;
    }

    private static Option<string?> Text(string name, string helpName, string description) => new(name) { Description = description, HelpName = helpName };

    private static int Run(ParseResult parsed, ToolConsole console)
    {
        var resumed = parsed.GetValue(Resume) is { } path ? RunFolder.Open(path) : null;
        var options = Options(parsed, resumed, console);
        if (parsed.GetValue(ShowOptions))
        {
            console.Result(options.ToYaml().TrimEnd());
            return ExitCode.Done;
        }

        return console.Processes.Together(() => new TrainingJob(options, console).Run(
            resumed, () => RunFolder.Create(parsed.GetValue(Output)!, parsed.GetValue(Name)!, RunFolder.LogName)));
    }

    private static RunOptions Options(ParseResult parsed, RunFolder? resumed, ToolConsole console)
    {
        var values = new OptionLayers();
        if (resumed is not null)
            values.AddFile(resumed.Options, Resume.Name);
        if (parsed.GetValue(OptionsFile) is { } file)
            values.AddFile(file, OptionsFile.Name);
        values.Add(OnTheCommandLine(parsed));
        var options = new RunOptions();
        options.Apply(values, weights => PretrainedWeights.Architecture(weights, console));
        if (parsed.GetValue(Set.SkipBad))
            options.Trainer.BadSampleHandling = BadSampleHandling.Skip;
        return options;
    }

    private static List<OptionValue> OnTheCommandLine(ParseResult parsed)
    {
        var paths = new[] { (Set.Data, "data"), (Set.Images, "images"), (ValidationData, "val-data"), (ValidationImages, "val-images") };
        var values = new List<OptionValue>();
        foreach (var (option, name) in paths.Concat(Shorthands))
        {
            if (parsed.GetValue(option) is { } text)
                values.Add(new OptionValue(name, text, option.Name));
        }

        foreach (var assignment in (parsed.GetValue(Assignments) ?? []).Select(Assignment))
        {
            if (values.Find(other => other.Name.Equals(assignment.Name, StringComparison.OrdinalIgnoreCase)) is { } twice)
                throw new UsageException($"{twice.Source} and {assignment.Source} say the same; one of them is expected.");
            values.Add(assignment);
        }

        return values;
    }

    private static OptionValue Assignment(string text)
    {
        var equals = text.IndexOf('=', StringComparison.Ordinal);
        return equals > 0
            ? new OptionValue(text[..equals].Trim(), text[(equals + 1)..].Trim(), $"--set {text}")
            : throw new UsageException($"--set '{text}' has no value; NAME=VALUE is expected, such as --set LearningRate=0.001.");
    }
}
