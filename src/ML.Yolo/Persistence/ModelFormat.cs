using ML.Yolo.Interop;

namespace ML.Yolo.Persistence;

/// <summary>How a zip keeps the detectors of one engine.</summary>
/// <param name="Header">ML.NET's header.</param>
/// <param name="WeightsName">Name of the stream with what the engine runs.</param>
internal sealed record ModelFormat(ComponentHeader Header, string WeightsName)
{
    /// <summary>Loader of detectors on LibTorch; zips name it.</summary>
    public const string TorchLoader = "YoloTransformer";

    /// <summary>Loader of detectors on ONNX Runtime; zips name it.</summary>
    public const string OnnxLoader = "YoloOnnxTransformer";

    /// <summary>The weights' stream of detectors on LibTorch.</summary>
    public const string TorchWeightsName = "weights.safetensors";

    /// <summary>The model's stream of detectors on ONNX Runtime.</summary>
    public const string OnnxModelName = "model.onnx";

    private static readonly ModelFormat Torch = new(HeaderOf("YOLODETE", TorchLoader), TorchWeightsName);
    private static readonly ModelFormat Onnx = new(HeaderOf("YOLOONNX", OnnxLoader), OnnxModelName);

    /// <exception cref="ArgumentOutOfRangeException">No zip keeps such an engine.</exception>
    public static ModelFormat Of(ScoringEngine engine) => engine switch
    {
        ScoringEngine.LibTorch => Torch,
        ScoringEngine.OnnxRuntime => Onnx,
        _ => throw new ArgumentOutOfRangeException(
            nameof(engine), $"The engine is {engine}; one of {string.Join(", ", Enum.GetNames<ScoringEngine>())} was expected."),
    };

    // Version 2 nests the scoring options and names the decoder; EarlierManifests reads version 1.
    private static ComponentHeader HeaderOf(string signature, string loader) => new(signature, loader) { Version = 2 };
}
