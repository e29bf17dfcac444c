namespace ML.Yolo.Persistence;

/// <summary>What a file with a detector is, by its content.</summary>
internal enum ModelFileKind
{
    /// <summary>A zip, but not a PyTorch checkpoint: ML.NET's models are such.</summary>
    ModelZip,

    /// <summary>A PyTorch checkpoint, zip or bare pickle.</summary>
    PyTorchCheckpoint,

    /// <summary>An exported model.</summary>
    Onnx,

    /// <summary>Tensors alone. What is none of the others is read as this, and refused there.</summary>
    Safetensors,
}
