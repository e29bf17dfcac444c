using System.Text;
using System.Text.Json;
using ML.Yolo.Weights;

namespace ML.Yolo.Persistence;

/// <summary>Reads weights from a file of any of the formats they come in. The content decides which it is, not the name.</summary>
internal static class WeightsFile
{
    private const byte PickleStart = 0x80;
    private const int StartLength = 64;

    /// <summary>Reads every tensor of a PyTorch checkpoint, an ML.NET model zip or a safetensors file onto the CPU, and the names of the classes.</summary>
    /// <exception cref="WeightsFormatException">The file is damaged, truncated, or holds no weights.</exception>
    /// <exception cref="IOException">The file cannot be read.</exception>
    public static WeightsContent Load(string path)
    {
        if (!File.Exists(path))
            throw new FileNotFoundException($"The weights '{path}' do not exist. docs/weights.md says where pretrained weights come from.", path);
        using var file = File.OpenHandle(path);
        Span<byte> start = stackalloc byte[StartLength];
        start = start[..RandomAccess.Read(file, start, 0)];
        if (start.StartsWith("PK\u0003\u0004"u8))
        {
            var zip = ZipDirectory.Read(file, path);
            if (PyTorchCheckpoint.FindPickle(zip) is null)
                return ModelZipWeights.Load(path);
            var (tensors, classNames) = PyTorchCheckpoint.Read(zip, path);
            return new WeightsContent(tensors, classNames);
        }

        RejectText(start, path);
        // Safetensors begin with the length of their header, of which the fourth byte is 0.
        if (start.Length > 3 && start[0] == PickleStart && start[3] != 0)
            return new WeightsContent(PyTorchCheckpoint.Load(path), ClassNames: null);
        return ReadSafetensors(path);
    }

    private static WeightsContent ReadSafetensors(string path)
    {
        using var stream = File.OpenRead(path);
        var metadata = SafetensorsHeader.Read(stream, stream.Length, path).Metadata;
        return new WeightsContent(Safetensors.Load(path), metadata.TryGetValue(Safetensors.ClassNamesKey, out var json) ? Names(json) : null);
    }

    /// <summary>Anybody may write anything under that key: what is not a list of texts says nothing.</summary>
    private static string[]? Names(string json)
    {
        try
        {
            return JsonSerializer.Deserialize<string[]>(json);
        }
        catch (JsonException)
        {
            return null;
        }
    }

    /// <summary>What a browser or a script saved where a download failed.</summary>
    private static void RejectText(ReadOnlySpan<byte> start, string path)
    {
        var text = Encoding.UTF8.GetString(start).TrimStart('\uFEFF', ' ', '\r', '\n', '\t');
        if (text.StartsWith("<!doctype html", StringComparison.OrdinalIgnoreCase) || text.StartsWith("<html", StringComparison.OrdinalIgnoreCase))
            throw new WeightsFormatException($"'{path}' is an HTML page, not weights: what was downloaded is a page about the file. Download the file itself.");
        if (text.StartsWith("version https://git-lfs", StringComparison.Ordinal))
            throw new WeightsFormatException($"'{path}' is a Git LFS pointer, not weights: 'git lfs pull' downloads the file it stands for.");
    }
}
