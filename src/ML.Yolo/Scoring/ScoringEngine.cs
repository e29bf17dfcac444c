namespace ML.Yolo;

/// <summary>What runs the network of a <see cref="YoloTransformer"/>.</summary>
public enum ScoringEngine
{
    /// <summary>LibTorch, which also trains: half a gigabyte beside the program.</summary>
    LibTorch,

    /// <summary>ONNX Runtime, by the package ML.Yolo.Onnx: some thirty megabytes beside the program, and no LibTorch.</summary>
    OnnxRuntime,
}
