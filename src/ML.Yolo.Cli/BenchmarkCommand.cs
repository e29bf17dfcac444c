using System.CommandLine;
using System.Globalization;
using Microsoft.ML.Data;
using ML.Yolo.Cli.Models;
using ML.Yolo.Cli.Terminal;

namespace ML.Yolo.Cli;

/// <summary>Measures how long a model takes on this machine.</summary>
internal static class BenchmarkCommand
{
    private const int PixelBytes = 4;

    private static readonly ModelOption Model = new();

    private static readonly Option<string?> Source = new("--source") { Description = "A picture. [default: noise of the model's size]", HelpName = "FILE" };

    private static readonly Option<int> Runs = new("--runs") { Description = "How often each engine detects.", HelpName = "N", DefaultValueFactory = _ => 50 };

    /// <summary>The command, for the command line.</summary>
    public static Command Create()
    {
        Runs.Validators.Add(result =>
        {
            if (result.GetValueOrDefault<int>() < 1)
                result.AddError("--runs must be at least 1.");
        });
        var command = new ExampledCommand(
            "benchmark",
            "Measures milliseconds per picture on this machine, from the decoded picture to its boxes, by LibTorch and by ONNX Runtime.",
            "mlyolo benchmark --model runs/train/model.zip --source photo.jpg");
        foreach (var option in new Option[] { Model.Path, Source, Runs, Model.Device })
            command.Options.Add(option);
        command.SetRun(Run);
        return command;
    }

    private static int Run(ParseResult parsed, ToolConsole console)
    {
        var mlContext = Model.Context(parsed, console);
        using var model = Model.Load(parsed, mlContext);
        using var image = Picture(parsed.GetValue(Source), model.Detector.ImageSize);
        var runs = parsed.GetValue(Runs);
        console.Say(string.Create(CultureInfo.InvariantCulture,
            $"{model.Detector.Architecture} at {model.Detector.ImageSize} pixels, a picture of {image.Width} × {image.Height}, {runs} runs, "
            + $"{Environment.ProcessorCount} processors."));
        console.Result($"{"engine",-14}{"median",9}{"10 %",9}{"90 %",9}{"images/s",12}");
        Measure(model.Detector, image, runs, console);
        if (model.Detector.ScoringEngine != ScoringEngine.LibTorch)
            return ExitCode.Done;
        using var exported = model.Detector.ToOnnxRuntime(mlContext);
        Measure(exported, image, runs, console);
        return ExitCode.Done;
    }

    private static void Measure(YoloTransformer transformer, MLImage image, int runs, ToolConsole console)
    {
        using var detector = new YoloDetector(transformer);
        console.Result($"{transformer.ScoringEngine,-14}{Latency.Measure(detector, image, runs)}");
    }

    private static MLImage Picture(string? path, int size)
    {
        if (path is not null)
            return File.Exists(path) ? MLImage.CreateFromFile(path) : throw new UsageException($"--source '{path}' does not exist; a picture is expected.");
        var pixels = new byte[size * size * PixelBytes];
        new Random(0).NextBytes(pixels);
        return MLImage.CreateFromPixels(size, size, MLPixelFormat.Bgra32, pixels);
    }
}
