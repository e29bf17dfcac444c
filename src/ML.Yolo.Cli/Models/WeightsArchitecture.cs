using System.Buffers.Binary;
using System.Text.Json;
using Microsoft.ML;

namespace ML.Yolo.Cli.Models;

/// <summary>Which network a file of weights is for, where the file says so.</summary>
internal static class WeightsArchitecture
{
    private const int MaxHeaderLength = 1 << 24;

    /// <summary>The architecture; null where the file does not name one of the library's.</summary>
    public static YoloArchitecture? Of(MLContext mlContext, string path) => Path.GetExtension(path).ToUpperInvariant() switch
    {
        ".ZIP" => OfModel(mlContext, path),
        ".SAFETENSORS" => OfSafetensors(path),
        _ => null,
    };

    private static YoloArchitecture OfModel(MLContext mlContext, string path)
    {
        using var model = ModelFile.Load(mlContext, path);
        return model.Detector.Architecture;
    }

    // Eight bytes of length, then JSON; what is wrong with it is for the library to say, which reads it again.
    private static YoloArchitecture? OfSafetensors(string path)
    {
        using var file = File.OpenRead(path);
        Span<byte> start = stackalloc byte[sizeof(ulong)];
        if (file.ReadAtLeast(start, start.Length, throwOnEndOfStream: false) < start.Length)
            return null;
        var length = BinaryPrimitives.ReadUInt64LittleEndian(start);
        if (length > MaxHeaderLength || length > (ulong)(file.Length - start.Length))
            return null;
        var header = new byte[length];
        file.ReadExactly(header);
        try
        {
            using var json = JsonDocument.Parse(header);
            return json.RootElement.TryGetProperty("__metadata__", out var metadata) && metadata.TryGetProperty("architecture", out var name)
                ? YoloArchitecture.All.FirstOrDefault(one => one.Name == name.GetString())
                : null;
        }
        catch (Exception exception) when (exception is JsonException or InvalidOperationException)
        {
            return null;
        }
    }
}
