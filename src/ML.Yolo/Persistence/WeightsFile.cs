using ML.Yolo.Weights;
using static TorchSharp.torch;

namespace ML.Yolo.Persistence;

/// <summary>Reads weights from a file of any of the formats they come in. The content decides which it is, not the name.</summary>
internal static class WeightsFile
{
    private const byte PickleStart = 0x80;
    private const int HeaderLengthBytes = 8;

    /// <summary>What a file is.</summary>
    /// <exception cref="WeightsFormatException">It is a damaged zip.</exception>
    /// <exception cref="IOException">The file cannot be read.</exception>
    public static ModelFileKind KindOf(string path)
    {
        using var file = File.OpenHandle(path);
        Span<byte> start = stackalloc byte[HeaderLengthBytes + 1];
        start = start[..RandomAccess.Read(file, start, 0)];
        if (start.StartsWith("PK\u0003\u0004"u8))
            return PyTorchCheckpoint.FindPickle(ZipDirectory.Read(file, path)) is null ? ModelFileKind.ModelZip : ModelFileKind.PyTorchCheckpoint;

        // Safetensors begin with the length of their JSON header, of which the fourth byte is 0.
        if (start.Length < 4 || (start.Length > HeaderLengthBytes && start[HeaderLengthBytes] == '{' && start[3] == 0))
            return ModelFileKind.Safetensors;

        // ONNX is a protocol buffer of which every writer puts the version first: field 1, a small number.
        return start[0] == PickleStart && start[3] != 0 ? ModelFileKind.PyTorchCheckpoint
            : start is [0x08, < 0x80, ..] ? ModelFileKind.Onnx
            : ModelFileKind.Safetensors;
    }

    /// <summary>Reads every tensor of a PyTorch checkpoint, an ML.NET model zip or a safetensors file onto the CPU.</summary>
    /// <exception cref="WeightsFormatException">The file is damaged, truncated, or holds no weights.</exception>
    /// <exception cref="IOException">The file cannot be read.</exception>
    public static IReadOnlyDictionary<string, Tensor> Load(string path) => KindOf(path) switch
    {
        ModelFileKind.ModelZip => ModelZipWeights.Load(path),
        ModelFileKind.PyTorchCheckpoint => PyTorchCheckpoint.Load(path),
        _ => Safetensors.Load(path),
    };

    /// <summary>What a PyTorch checkpoint or a safetensors file says about its network.</summary>
    /// <exception cref="WeightsFormatException">The file is damaged or truncated.</exception>
    /// <exception cref="IOException">The file cannot be read.</exception>
    public static WeightsDescription Describe(string path)
        => KindOf(path) == ModelFileKind.PyTorchCheckpoint ? PyTorchCheckpoint.Describe(path) : Safetensors.Describe(path);
}
