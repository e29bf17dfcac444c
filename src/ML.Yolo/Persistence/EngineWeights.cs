using ML.Yolo.Scoring;

namespace ML.Yolo.Persistence;

/// <summary>What an engine runs, as a zip keeps it.</summary>
internal static class EngineWeights
{
    /// <exception cref="NotSupportedException">No zip keeps such an engine.</exception>
    public static ReadOnlyMemory<byte> Of(IDetectionEngine engine) => engine.Kind switch
    {
        ScoringEngine.LibTorch => StateOf(((TorchEngine)engine).Network),
        ScoringEngine.OnnxRuntime => ((IExportedEngine)engine).Model,
        _ => throw new NotSupportedException($"A detector on {engine.Kind} cannot be saved."),
    };

    private static ReadOnlyMemory<byte> StateOf(YoloNetwork network)
    {
        using var weights = new MemoryStream();
        Safetensors.Write(weights, network.state_dict(), new Dictionary<string, string> { ["architecture"] = network.Architecture.Name });
        return weights.GetBuffer().AsMemory(0, (int)weights.Length);
    }
}
