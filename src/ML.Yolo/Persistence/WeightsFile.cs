using System.Globalization;
using System.Text;
using ML.Yolo.Weights;

namespace ML.Yolo.Persistence;

/// <summary>Reads weights from a file of any of the formats they come in. The content decides which it is, not the name.</summary>
internal static class WeightsFile
{
    private const byte PickleStart = 0x80;
    private const int HeaderLengthBytes = 8;
    private const int StartLength = 64;

    /// <summary>What a file is.</summary>
    /// <exception cref="WeightsFormatException">It is a damaged zip, or what was saved instead of a file of weights.</exception>
    /// <exception cref="IOException">The file cannot be read.</exception>
    public static ModelFileKind KindOf(string path)
    {
        RejectText(path);
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

    /// <summary>Reads every tensor of a PyTorch checkpoint, an ML.NET model zip or a safetensors file onto the CPU, and the names of the classes.</summary>
    /// <exception cref="WeightsFormatException">The file is damaged, truncated, or holds no weights.</exception>
    /// <exception cref="IOException">The file cannot be read.</exception>
    public static WeightsContent Load(string path)
    {
        if (!File.Exists(path))
            throw new FileNotFoundException($"The weights '{path}' do not exist. docs/weights.md says where pretrained weights come from.", path);
        return KindOf(path) switch
        {
            ModelFileKind.ModelZip => ModelZipWeights.Load(path),
            ModelFileKind.PyTorchCheckpoint => new WeightsContent(PyTorchCheckpoint.Load(path), NamesIn(path)),
            _ => new WeightsContent(Safetensors.Load(path), NamesIn(path)),
        };
    }

    /// <summary>What a PyTorch checkpoint or a safetensors file says about its network.</summary>
    /// <exception cref="WeightsFormatException">The file is damaged or truncated.</exception>
    /// <exception cref="IOException">The file cannot be read.</exception>
    public static WeightsDescription Describe(string path)
        => KindOf(path) == ModelFileKind.PyTorchCheckpoint ? PyTorchCheckpoint.Describe(path) : Safetensors.Describe(path);

    /// <summary>The names of the classes; null where there are none, or their numbers alone.</summary>
    private static IReadOnlyList<string>? NamesIn(string path)
        => Describe(path).ClassNames is { } names && names.Where((name, i) => name != i.ToString(CultureInfo.InvariantCulture)).Any() ? names : null;

    /// <summary>What a browser or a script saved where a download failed.</summary>
    private static void RejectText(string path)
    {
        using var file = File.OpenHandle(path);
        Span<byte> start = stackalloc byte[StartLength];
        start = start[..RandomAccess.Read(file, start, 0)];
        var text = Encoding.UTF8.GetString(start).TrimStart('\uFEFF', ' ', '\r', '\n', '\t');
        if (text.StartsWith("<!doctype html", StringComparison.OrdinalIgnoreCase) || text.StartsWith("<html", StringComparison.OrdinalIgnoreCase))
        {
            throw new WeightsFormatException(
                $"'{path}' is an HTML page, not weights: what was downloaded is a page about the file. Download the file itself.");
        }

        if (text.StartsWith("version https://git-lfs", StringComparison.Ordinal))
            throw new WeightsFormatException($"'{path}' is a Git LFS pointer, not weights: 'git lfs pull' downloads the file it stands for.");
    }
}
