using System.CommandLine;
using System.Globalization;
using ML.Yolo.Cli.Detecting;
using ML.Yolo.Cli.Models;
using ML.Yolo.Cli.Terminal;
using ML.Yolo.Devices;

namespace ML.Yolo.Cli;

/// <summary>Detects in pictures.</summary>
internal static class DetectCommand
{
    private const int MinTile = 32;
    private const float MaxOverlap = 0.9f;
    private const float DefaultOverlap = 0.2f;
    private const string InterruptionNotice = "Interrupted: detection stops after these pictures. Once more ends at once.";

    private static readonly ModelOption Model = new();

    private static readonly Option<string[]> Source = new("--source")
    {
        Description = "Pictures: a file, a folder (not those in it), a pattern in quotes ('shots/**/*.jpg'), a .txt of paths, or - for a path per line on "
            + "standard input. Several may follow. Addresses are refused.",
        HelpName = "PATH",
        Required = true,
        AllowMultipleArgumentsPerToken = true,
    };

    private static readonly Option<float?> Score = Fraction("--score", 1, "Confidence from which an object counts. [default: the model's]");
    private static readonly Option<float?> Iou = Fraction("--iou", 1, "Overlap above which the less confident of a class is dropped. [default: the model's]");

    private static readonly Option<string[]> Classes = new("--classes")
    {
        Description = "The classes that are wanted, by name or index: --classes RBC,WBC or --classes 0,1. [default: all]",
        HelpName = "NAMES",
        AllowMultipleArgumentsPerToken = true,
    };

    private static readonly Option<bool> AsJson = new("--json") { Description = "Print a line of JSON per picture." };
    private static readonly Option<bool> SaveImages = new("--save-images")
    {
        Description = "Write the pictures with their boxes, and detections.jsonl, into a folder.",
    };

    private static readonly Option<bool> SaveYolo = new("--save-yolo")
    {
        Description = "Write labels/NAME.txt per picture in the YOLO format, classes.txt, and detections.jsonl into the folder.",
    };

    private static readonly Option<bool> SaveCoco = new("--save-coco")
    {
        Description = "Write coco.json with images, categories and scored annotations, and detections.jsonl into the folder.",
    };

    private static readonly Option<int?> Tile = new("--tile")
    {
        Description = "Cut each picture into tiles of that many pixels, for small objects in big pictures. At least 32. [default: the picture as a whole]",
        HelpName = "PIXELS",
    };

    private static readonly Option<float?> TileOverlap = Fraction("--tile-overlap", MaxOverlap, "Share of a tile that the next one repeats. [default: 0.2]");

    private static readonly Option<string> Output = new("--output")
    {
        Description = "Where what is saved goes; where the folder is taken: name2, name3 …",
        HelpName = "FOLDER",
        DefaultValueFactory = _ => "runs/detect",
    };

    private static readonly Option<string?> Resume = new("--resume")
    {
        Description = "Go on with a run of the same options that was cut off, in its folder: what is done there stays.",
        HelpName = "FOLDER",
    };

    private static readonly Option<string> BadImages = new("--bad-images")
    {
        Description = "What to do with pictures that cannot be read. skip: say so and go on. stop: fail.",
        DefaultValueFactory = _ => "skip",
    };

    /// <summary>The command, for the command line.</summary>
    public static Command Create()
    {
        BadImages.AcceptOnlyFromAmong("skip", "stop");
        var command = new ExampledCommand(
            "detect",
            "Detects in pictures and prints a line for each.",
            "mlyolo detect --model runs/train/model.zip --source photos --save-images",
            "Started by mpirun, its processes share the pictures: mpirun -n 4 mlyolo detect …; the first prints. All must see the same files.");
        Option[] options =
        [
            Model.Path, Source, Score, Iou, Classes, Tile, TileOverlap, AsJson, SaveImages, SaveYolo, SaveCoco, Output, Resume, BadImages, Model.Device,
            ToolProcesses.Timeout,
        ];
        foreach (var option in options)
            command.Options.Add(option);
        command.SetRun(Run);
        return command;
    }

    private static Option<float?> Fraction(string name, float max, string description) => new(name)
    {
        Description = description,
        HelpName = "NUMBER",
        CustomParser = result =>
        {
            var text = result.Tokens[0].Value;
            if (float.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out var value) && value >= 0 && value <= max)
                return value;
            result.AddError(FormattableString.Invariant($"{name} is '{text}'; a number from 0 to {max} is expected."));
            return null;
        },
    };

    private static Tiling? Tiles(ParseResult parsed)
    {
        if (parsed.GetValue(Tile) is not { } size)
        {
            return parsed.GetValue(TileOverlap) is null
                ? null
                : throw new UsageException($"{TileOverlap.Name} is for {Tile.Name}, which is not given.");
        }

        return size >= MinTile
            ? new Tiling(size, parsed.GetValue(TileOverlap) ?? DefaultOverlap)
            : throw new UsageException(FormattableString.Invariant($"{Tile.Name} is {size}; at least {MinTile} pixels are expected."));
    }

    private static DetectionFiles Files(ParseResult parsed)
        => (parsed.GetValue(SaveImages) ? DetectionFiles.Pictures : 0)
        | (parsed.GetValue(SaveYolo) ? DetectionFiles.YoloLabels : 0)
        | (parsed.GetValue(SaveCoco) ? DetectionFiles.Coco : 0);

    private static int Run(ParseResult parsed, ToolConsole console) => console.Processes.Together(() => Detect(parsed, console));

    private static int Detect(ParseResult parsed, ToolConsole console)
    {
        var tiling = Tiles(parsed);
        // Standard input is the first process's alone.
        string[] own = console.Processes.IsFirst ? [.. ImageSources.Find(parsed.GetValue(Source)!, Console.In)] : [];
        var paths = console.Processes.Agree(string.Join('\0', own)).Split('\0');
        var mlContext = Model.Context(parsed, console);
        using var model = Model.Load(parsed, mlContext);
        using var threads = ProcessorThreads.Limit(console.Processes.Size > 1 ? console.Processes.ProcessorCount : null);
        using var detector = new YoloDetector(model.Model);
        detector.Scoring.ScoreThreshold = parsed.GetValue(Score) ?? detector.Scoring.ScoreThreshold;
        detector.Scoring.IouThreshold = parsed.GetValue(Iou) ?? detector.Scoring.IouThreshold;
        var classes = new ClassFilter(parsed.GetValue(Classes) ?? [], detector.ClassNames);
        var folder = Folder(parsed, console, detector.ClassNames, () => new DetectionIdentity
        {
            Model = DetectionIdentity.OfFile(model.FullPath),
            Pictures = paths.Length,
            Paths = DetectionIdentity.OfText(string.Join('\n', paths)),
            Score = detector.Scoring.ScoreThreshold,
            Iou = detector.Scoring.IouThreshold,
            Classes = parsed.GetValue(Classes) ?? [],
            Tiling = tiling,
            Files = Files(parsed),
        });
        if (folder is not null)
            console.Say($"What is found goes to {folder.FullPath}.");
        var output = new DetectionOutput(console, classes, folder, parsed.GetValue(AsJson), parsed.GetValue(BadImages) == "stop");
        using var interruption = new Interruption(console, InterruptionNotice);
        var detection = new SharedDetection(console, new BatchedDetection(detector, tiling), output, folder);
        var done = detection.Run(paths, () => interruption.Token.IsCancellationRequested);
        return Finish(console, detection, folder, done, paths.Length);
    }

    private static int Finish(ToolConsole console, SharedDetection detection, DetectionFolder? folder, int done, int count)
    {
        if (done < count)
        {
            var goOn = folder is null ? "" : $" Go on with the same command and --resume '{folder.FullPath}'.";
            throw new OperationCanceledException($"Interrupted after {done} of {count} pictures.{goOn}");
        }

        if (detection.Earlier > 0)
            console.Say($"{detection.Earlier} of {count} pictures were done already.");
        if (detection.Bad > 0 && console.Processes.IsFirst)
            console.Warn($"{detection.Bad} of {count} pictures could not be read and were skipped.");
        return detection.Bad < count ? ExitCode.Done : throw new FormatException("Not one picture could be read.");
    }

    /// <summary>The folder that the first process makes or finds; null where nothing is saved.</summary>
    private static DetectionFolder? Folder(ParseResult parsed, ToolConsole console, IReadOnlyList<string> classNames, Func<DetectionIdentity> identity)
    {
        var (files, resumed) = (Files(parsed), parsed.GetValue(Resume));
        if (files == DetectionFiles.None)
        {
            return resumed is null ? null : throw new UsageException(
                $"{Resume.Name} goes on with what a run saved, and nothing is saved: the options of that run are expected, such as {SaveImages.Name}.");
        }

        var own = !console.Processes.IsFirst ? null
            : resumed is null ? DetectionFolder.Create(parsed.GetValue(Output)!, identity()) : DetectionFolder.Resume(resumed, identity());
        return DetectionFolder.At(console.Processes.Agree(own ?? ""), files, classNames);
    }
}
