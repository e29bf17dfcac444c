using System.CommandLine;
using System.Globalization;

namespace Quickstart;

/// <summary>The options of the program, and what is said when they are wrong: one line, exit code 2.</summary>
internal static class CommandLine
{
    public const int WrongUsage = 2;

    private const int MaxStride = 32;

    private static readonly Option<string?> Data = new("--data")
    {
        Description = "A data set in the YOLO format: a data.yaml, or the folder that holds it. Without it, scenes of shapes are drawn.",
        HelpName = "FOLDER",
    };

    private static readonly Option<string> Output = new("--output")
    {
        Description = "Where model.zip and the pictures go.",
        HelpName = "FOLDER",
        DefaultValueFactory = _ => "./quickstart",
    };

    private static readonly Option<int?> Epochs = WholeNumber("--epochs", "Passes over the data. [default: 30 on drawn scenes, 10 on --data]");
    private static readonly Option<int?> ImageSize = WholeNumber(
        "--image-size", "Side of the square the network sees, in pixels, a multiple of 32. [default: 160 on drawn scenes, 320 on --data]");

    private static readonly Option<int?> BatchSize = WholeNumber("--batch-size", "Images per training step. [default: 16]");

    private static readonly Option<string> Loss = new("--loss")
    {
        Description = "The loss and box coding: v5 (YOLOv5) or v3 (YOLOv3).",
        DefaultValueFactory = _ => "v5",
    };

    private static readonly Option<int?> Seed = WholeNumber(
        "--seed", "Decides the scenes, the initial weights and the order of the data. [default: 0]", least: 0);

    /// <summary>Parses, and runs <paramref name="action"/> unless help was asked for or something is wrong.</summary>
    /// <returns>The exit code.</returns>
    public static int Run(string[] arguments, Func<QuickstartOptions, int> action)
    {
        Loss.AcceptOnlyFromAmong("v5", "v3");
        ImageSize.Validators.Add(result =>
        {
            if (result.GetValueOrDefault<int?>() is { } size && (size < 2 * MaxStride || size % MaxStride != 0))
                result.AddError($"--image-size is {size}; a multiple of {MaxStride}, at least {2 * MaxStride}, is expected.");
        });
        Data.Validators.Add(result =>
        {
            if (result.GetValueOrDefault<string?>() is { } path && !Path.Exists(path))
                result.AddError($"--data '{path}' does not exist; a data.yaml, or the folder that holds it, is expected.");
        });

        var root = new RootCommand("Trains a YOLO detector in an ML.NET pipeline, saves it, loads it and shows what it sees.")
        {
            Data, Output, Epochs, ImageSize, BatchSize, Loss, Seed,
        };
        root.SetAction(parsed => action(new QuickstartOptions
        {
            Data = parsed.GetValue(Data),
            Output = Path.GetFullPath(parsed.GetValue(Output)!),
            Epochs = parsed.GetValue(Epochs) ?? (parsed.GetValue(Data) is null ? 30 : 10),
            ImageSize = parsed.GetValue(ImageSize) ?? (parsed.GetValue(Data) is null ? 160 : 320),
            BatchSize = parsed.GetValue(BatchSize) ?? 16,
            Loss = parsed.GetValue(Loss)!,
            Seed = parsed.GetValue(Seed) ?? 0,
        }));
        var result = root.Parse(arguments);
        if (result.Errors.Count == 0)
            return result.Invoke(new InvocationConfiguration { EnableDefaultExceptionHandler = false });
        Console.Error.WriteLine($"{string.Join(' ', result.Errors[0].Message.Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries))} See --help.");
        return WrongUsage;
    }

    private static Option<int?> WholeNumber(string name, string description, int least = 1) => new(name)
    {
        Description = description,
        HelpName = "N",
        CustomParser = result =>
        {
            var text = result.Tokens[0].Value;
            if (int.TryParse(text, NumberStyles.Integer, CultureInfo.InvariantCulture, out var value) && value >= least)
                return value;
            result.AddError($"{name} is '{text}'; a whole number of at least {least} is expected.");
            return null;
        },
    };
}
