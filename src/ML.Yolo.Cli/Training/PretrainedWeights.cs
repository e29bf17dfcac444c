using ML.Yolo.Cli.Models;
using ML.Yolo.Cli.Terminal;

namespace ML.Yolo.Cli.Training;

/// <summary>The weights that training begins with.</summary>
internal static class PretrainedWeights
{
    /// <summary>The architecture that they are for, which is said; null where the file does not tell.</summary>
    public static YoloArchitecture? Architecture(string path, ToolConsole console)
    {
        var architecture = WeightsArchitecture.Of(console.CreateContext(), path);
        if (architecture is not null)
            console.Say($"The weights are for {architecture}.");
        return architecture;
    }
}
