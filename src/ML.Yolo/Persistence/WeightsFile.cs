using ML.Yolo.Weights;
using static TorchSharp.torch;

namespace ML.Yolo.Persistence;

/// <summary>Reads weights from a file of any of the formats they come in. The content decides which it is, not the name.</summary>
internal static class WeightsFile
{
    private const byte PickleStart = 0x80;

    /// <summary>Reads every tensor of a PyTorch checkpoint, an ML.NET model zip or a safetensors file onto the CPU.</summary>
    /// <exception cref="WeightsFormatException">The file is damaged, truncated, or holds no weights.</exception>
    /// <exception cref="IOException">The file cannot be read.</exception>
    public static IReadOnlyDictionary<string, Tensor> Load(string path)
    {
        using var file = File.OpenHandle(path);
        Span<byte> start = stackalloc byte[4];
        var isWhole = RandomAccess.Read(file, start, 0) == start.Length;
        if (isWhole && start.SequenceEqual("PK\u0003\u0004"u8))
        {
            var zip = ZipDirectory.Read(file, path);
            return PyTorchCheckpoint.FindPickle(zip) is null ? ModelZipWeights.Load(path) : PyTorchCheckpoint.Read(zip, path);
        }

        // Safetensors begin with the length of their header, of which the fourth byte is 0.
        return isWhole && start[0] == PickleStart && start[3] != 0 ? PyTorchCheckpoint.Load(path) : Safetensors.Load(path);
    }
}
