using System.CommandLine;
using System.Globalization;
using ML.Yolo;

namespace Quickstart;

/// <summary>The options of the program, and what is said when they are wrong: one line, exit code 2.</summary>
internal static class CommandLine
{
    public const int WrongUsage = 2;

    private const int MaxStride = 32;
    private const int SceneEpochs = 15;

    /// <summary>The network where none is named.</summary>
    public static YoloArchitecture DefaultArchitecture => YoloArchitecture.V8Nano;

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

    private static readonly Option<int?> Epochs = WholeNumber("--epochs", $"Passes over the data. [default: {SceneEpochs} on drawn scenes, 10 on --data]");
    private static readonly Option<int?> ImageSize = WholeNumber(
        "--image-size", "Side of the square the network sees, in pixels, a multiple of 32. [default: 160 on drawn scenes, 320 on --data]");

    private static readonly Option<int?> BatchSize = WholeNumber("--batch-size", "Images per training step. [default: 16]");

    private static readonly Option<string?> Loss = new("--loss")
    {
        Description = "The loss: v5 or v3 for networks with anchors, v8 for those without. [default: the architecture's own]",
        HelpName = "v5|v3|v8",
    };

    private static readonly Option<int?> Seed = WholeNumber(
        "--seed", "Decides the scenes, the initial weights and the order of the data. [default: 0]", least: 0);

    private static readonly Option<string?> Weights = new("--weights")
    {
        Description = "Weights to begin with: a .pt or .safetensors file, or a model.zip. Ultralytics' releases on GitHub have yolov5n.pt and others "
            + "(AGPL-3.0): docs/weights.md, \"Where weights come from\". [default: none, training begins from scratch]",
        HelpName = "FILE",
    };

    private static readonly Option<string?> Architecture = new("--architecture")
    {
        Description = $"The network: {string.Join(", ", YoloArchitecture.All)}. [default: that of --weights, else {DefaultArchitecture}]",
        HelpName = "NAME",
    };

    private static readonly Option<string> Device = new("--device")
    {
        Description = "cpu, or the number of a GPU.",
        HelpName = "DEVICE",
        DefaultValueFactory = _ => "cpu",
    };

    private static readonly Option<string> Optimizer = new("--optimizer")
    {
        Description = $"{string.Join(", ", Enum.GetNames<OptimizerKind>())}; {OptimizerKind.Auto} goes by the length of the run.",
        HelpName = "NAME",
        DefaultValueFactory = _ => nameof(OptimizerKind.Auto),
    };

    private static readonly Option<string> ValidationSplit = new("--val-split")
    {
        Description = "The split of --data to measure on; where data.yaml has no val, test, or in need train.",
        HelpName = "NAME",
        DefaultValueFactory = _ => "val",
    };

    private static readonly Option<bool> Resume = new("--resume")
    {
        Description = "Go on with the run that was interrupted in the output folder.",
    };

    /// <summary>Parses, and runs <paramref name="action"/> unless help was asked for or something is wrong.</summary>
    /// <returns>The exit code.</returns>
    public static int Run(string[] arguments, Func<QuickstartOptions, int> action)
    {
        AddChecks();
        var root = new RootCommand("Trains a YOLO detector in an ML.NET pipeline, saves it, loads it and shows what it sees.")
        {
            Data, ValidationSplit, Weights, Architecture, Output, Epochs, ImageSize, BatchSize, Optimizer, Loss, Device, Resume, Seed,
        };
        root.SetAction(parsed => action(Read(parsed)));
        var result = root.Parse(arguments);
        if (result.Errors.Count == 0)
            return result.Invoke(new InvocationConfiguration { EnableDefaultExceptionHandler = false });
        Console.Error.WriteLine($"{string.Join(' ', result.Errors[0].Message.Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries))} See --help.");
        return WrongUsage;
    }

    private static QuickstartOptions Read(ParseResult parsed) => new()
    {
        Data = parsed.GetValue(Data),
        Output = Path.GetFullPath(parsed.GetValue(Output)!),
        Epochs = parsed.GetValue(Epochs) ?? (parsed.GetValue(Data) is null ? SceneEpochs : 10),
        ImageSize = parsed.GetValue(ImageSize) ?? (parsed.GetValue(Data) is null ? 160 : 320),
        BatchSize = parsed.GetValue(BatchSize) ?? 16,
        Loss = parsed.GetValue(Loss),
        Seed = parsed.GetValue(Seed) ?? 0,
        Weights = parsed.GetValue(Weights),
        Architecture = parsed.GetValue(Architecture) is { } name ? YoloArchitecture.Parse(name) : null,
        Gpu = int.TryParse(parsed.GetValue(Device), NumberStyles.None, CultureInfo.InvariantCulture, out var gpu) ? gpu : null,
        Optimizer = Enum.Parse<OptimizerKind>(parsed.GetValue(Optimizer)!),
        ValidationSplit = parsed.GetValue(ValidationSplit)!,
        Resumes = parsed.GetValue(Resume),
    };

    private static void AddChecks()
    {
        Loss.AcceptOnlyFromAmong("v5", "v3", "v8");
        Optimizer.AcceptOnlyFromAmong(Enum.GetNames<OptimizerKind>());
        Architecture.AcceptOnlyFromAmong([.. YoloArchitecture.All.Select(one => one.Name)]);
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
        Weights.Validators.Add(result =>
        {
            if (result.GetValueOrDefault<string?>() is { } path && !File.Exists(path))
                result.AddError($"--weights '{path}' does not exist; docs/weights.md says where pretrained weights come from.");
        });
        Device.Validators.Add(result =>
        {
            var device = result.GetValueOrDefault<string>();
            if (device is not (null or "cpu") && !int.TryParse(device, NumberStyles.None, CultureInfo.InvariantCulture, out _))
                result.AddError($"--device is '{device}'; cpu or the number of a GPU is expected.");
        });
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
