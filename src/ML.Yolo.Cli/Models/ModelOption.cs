using System.CommandLine;
using System.Globalization;
using Microsoft.ML;
using ML.Yolo.Cli.Data;
using ML.Yolo.Cli.Terminal;

namespace ML.Yolo.Cli.Models;

/// <summary>The options by which commands name a model and where it runs.</summary>
internal sealed class ModelOption
{
    /// <summary>The model.</summary>
    public Option<string> Path { get; } = new("--model")
    {
        Description = "The model: a run's model.zip, its best.safetensors, or an exported .onnx or .zip.",
        HelpName = "FILE",
        Required = true,
    };


    /// <summary>Where it runs.</summary>
    public Option<string?> Device { get; } = new("--device") { Description = "cpu, or the number of a GPU. [default: cpu]", HelpName = "DEVICE" };

    /// <summary>A context for the device that is named.</summary>
    /// <exception cref="UsageException">There is no such device.</exception>
    public MLContext Context(ParseResult parsed, ToolConsole console)
    {
        var mlContext = console.CreateContext();
        if (parsed.GetValue(Device) is not { } text || text.Equals("cpu", StringComparison.OrdinalIgnoreCase))
            return mlContext;
        if (!int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var gpu))
            throw new UsageException($"{Device.Name} is '{text}'; cpu, or the number of a GPU, is expected.");
        (mlContext.GpuDeviceId, mlContext.FallbackToCpu) = (gpu, false);
        return mlContext;
    }

    /// <summary>The model that is named.</summary>
    /// <exception cref="UsageException">There is none.</exception>
    /// <exception cref="FormatException">It cannot be read.</exception>
    public ModelFile Load(ParseResult parsed, MLContext mlContext)
    {
        var path = parsed.GetValue(Path)!;
        DatasetSource.RefuseAddress(path, Path.Name);
        return ModelFile.Load(mlContext, path);
    }
}
