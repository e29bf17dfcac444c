using System.CommandLine;
using Microsoft.ML;
using ML.Yolo.Cli.Models;
using ML.Yolo.Cli.Terminal;

namespace ML.Yolo.Cli;

/// <summary>Writes a model in other formats.</summary>
internal static class ExportCommand
{
    private static readonly Dictionary<string, OnnxOutput> OutputKinds = new()
    {
        ["raw"] = OnnxOutput.RawMaps,
        ["decoded"] = OnnxOutput.Decoded,
        ["detections"] = OnnxOutput.Detections,
        ["ultralytics"] = OnnxOutput.Ultralytics,
    };

    private static readonly ModelOption Model = new();

    private static readonly Option<string> Format = new("--format")
    {
        Description = "onnx: a file for any ONNX runtime. onnx-zip: a model.zip that scores without LibTorch. safetensors: the weights alone, for Python.",
        DefaultValueFactory = _ => "onnx",
    };

    private static readonly Option<string?> Output = new("--output")
    {
        Description = "The file to make or replace. [default: beside the model, by its name]",
        HelpName = "FILE",
    };

    private static readonly Option<string> OutputKind = new("--output-kind")
    {
        Description = "What an onnx file puts out. raw: the heads' maps. decoded: boxes and scores. detections: after suppression.\n"
            + "ultralytics: output0 with boxes and class scores in pixels, and the metadata that readers of Ultralytics' exports ask for.",
        DefaultValueFactory = _ => "decoded",
    };

    private static readonly Option<string?> ImageSize = new("--image-size")
    {
        Description = "Input of an onnx file: pixels, HEIGHTxWIDTH, or 'dynamic'. [default: the model's]",
        HelpName = "SIZE",
    };

    private static readonly Option<string?> Batch = new("--batch")
    {
        Description = "Images per run of an onnx file, or 'dynamic'. [default: 1]",
        HelpName = "N",
    };

    private static readonly Option<bool> Half = new("--half") { Description = "16-bit convolutions: half the file." };

    private static readonly Option<bool> Preprocessing = new("--preprocessing")
    {
        Description = "The onnx file takes one picture of any size as bytes and letterboxes it itself.",
    };

    /// <summary>The command, for the command line.</summary>
    public static Command Create()
    {
        Format.AcceptOnlyFromAmong("onnx", "onnx-zip", "safetensors");
        OutputKind.AcceptOnlyFromAmong([.. OutputKinds.Keys]);
        var command = new ExampledCommand(
            "export",
            "Writes a model in other formats, and prints the path of the file.",
            "mlyolo export --model runs/train/model.zip --format onnx --output-kind detections --preprocessing");
        foreach (var option in new Option[] { Model.Path, Format, Output, OutputKind, ImageSize, Batch, Half, Preprocessing })
            command.Options.Add(option);
        command.SetRun(Run);
        return command;
    }

    private static int Run(ParseResult parsed, ToolConsole console)
    {
        var format = parsed.GetValue(Format)!;
        var options = Options(parsed, format);
        var mlContext = console.CreateContext();
        using var model = Model.Load(parsed, mlContext);
        var path = Path.GetFullPath(parsed.GetValue(Output) ?? Default(model.FullPath, format));
        if (path == model.FullPath)
            throw new UsageException($"--output '{path}' is the model itself; another file is expected.");
        Directory.CreateDirectory(Path.GetDirectoryName(path)!);
        foreach (var note in Write(mlContext, model, format, options, path))
            console.Warn(note);
        console.Result(path);
        return ExitCode.Done;
    }

    /// <returns>What was changed on the way.</returns>
    private static IReadOnlyList<string> Write(MLContext mlContext, ModelFile model, string format, OnnxOptions options, string path)
    {
        if (format == "safetensors")
        {
            model.Detector.SaveWeights(path);
            return [];
        }

        if (format == "onnx-zip")
        {
            using var detector = model.Detector.ToOnnxRuntime(mlContext);
            mlContext.Model.SaveAtomically(model.With(detector), inputSchema: null, path);
            return [];
        }

        try
        {
            return model.Detector.SaveAsOnnx(path, options);
        }
        catch (ArgumentException exception)
        {
            throw new UsageException(PlainMessage.Of(exception), exception);
        }
    }

    private static OnnxOptions Options(ParseResult parsed, string format)
    {
        Option[] ofOnnx = [OutputKind, ImageSize, Batch, Half, Preprocessing];
        if (format != "onnx" && Array.Find(ofOnnx, option => parsed.GetResult(option) is { Implicit: false }) is { } stray)
            throw new UsageException($"{stray.Name} is for --format onnx, and the format is {format}.");
        var (height, width, isDynamic) = OnnxChoices.ImageSize(parsed.GetValue(ImageSize));
        return new OnnxOptions
        {
            Output = OutputKinds[parsed.GetValue(OutputKind)!],
            Precision = parsed.GetValue(Half) ? OnnxPrecision.Half : OnnxPrecision.Full,
            BatchSize = OnnxChoices.Batch(parsed.GetValue(Batch) ?? "1"),
            ImageHeight = height,
            ImageWidth = width,
            DynamicImageSize = isDynamic,
            IncludePreprocessing = parsed.GetValue(Preprocessing),
        };
    }

    private static string Default(string model, string format)
        => format == "onnx-zip" ? Path.ChangeExtension(model, null) + "-onnx.zip" : Path.ChangeExtension(model, "." + format);
}
