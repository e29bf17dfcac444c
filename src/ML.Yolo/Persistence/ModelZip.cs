using System.Security.Cryptography;
using Microsoft.ML;
using ML.Yolo.Interop;
using ML.Yolo.Scoring;
using static TorchSharp.torch;

namespace ML.Yolo.Persistence;

/// <summary>A detector in an ML.NET model zip.</summary>
/// <remarks>
/// The zip names the engine's assembly, so that ML.NET finds the loader without being told. Beside ML.NET's own header there are two streams:
/// <list type="bullet">
/// <item><c>yolo.json</c>: options, class names, decoder, training history, length and checksum of the weights (<see cref="ModelManifest"/>).</item>
/// <item>
/// What the engine runs. LibTorch: <c>weights.safetensors</c>, parameters and buffers by Ultralytics' names. ONNX Runtime: <c>model.onnx</c>, the exported
/// model with raw maps and open sizes.
/// </item>
/// </list>
/// </remarks>
internal static class ModelZip
{
    public const string ManifestName = "yolo.json";
    public const int MaxManifestLength = 16 << 20;

    /// <summary>Writes a detector.</summary>
    /// <param name="context">Where to.</param>
    /// <param name="engine">Its engine.</param>
    /// <param name="manifest">What there is to say about it; length and checksum of the weights are filled in.</param>
    public static void Save(ModelSaveContext context, IDetectionEngine engine, ModelManifest manifest)
    {
        var format = ModelFormat.Of(engine.Kind);
        format.Header.Write(context, engine.GetType().Assembly);
        var weights = EngineWeights.Of(engine);
        var whole = manifest with { WeightsLength = weights.Length, WeightsSha256 = Convert.ToHexString(SHA256.HashData(weights.Span)) };
        var json = whole.ToJson();
        if (json.Length > MaxManifestLength)
        {
            throw new InvalidOperationException(
                $"What is to be said about the model takes {json.Length} bytes as JSON; at most {MaxManifestLength} can be read again.");
        }

        context.Write(ManifestName, stream => stream.Write(json));
        context.Write(format.WeightsName, stream => stream.Write(weights.Span));
    }

    /// <summary>Reads a detector.</summary>
    /// <param name="reader">Where from.</param>
    /// <param name="engine">The engine it was saved from.</param>
    /// <returns>What is said about it, and what the engine runs.</returns>
    /// <exception cref="WeightsFormatException">A part is missing or damaged; the message names it.</exception>
    public static (ModelManifest Manifest, byte[] Weights) Load(ModelReader reader, ScoringEngine engine)
    {
        var format = ModelFormat.Of(engine);
        reader.Check(format.Header);
        var manifest = ModelManifest.Parse(Read(reader, ManifestName, MaxManifestLength));
        return (manifest, Read(reader, format.WeightsName, manifest.WeightsLength));
    }

    /// <summary>Reads the tensors of a detector on LibTorch.</summary>
    /// <exception cref="WeightsFormatException">The bytes are not those the manifest was written for.</exception>
    public static IReadOnlyDictionary<string, Tensor> ParseWeights(byte[] bytes, ModelManifest manifest)
    {
        CheckLength(bytes, manifest, ModelFormat.TorchWeightsName);
        var tensors = Safetensors.Read(new MemoryStream(bytes), bytes.Length, ModelFormat.TorchWeightsName);
        CheckSum(bytes, manifest, ModelFormat.TorchWeightsName);
        return tensors;
    }

    /// <summary>Checks an exported model before anything reads it.</summary>
    /// <exception cref="WeightsFormatException">The bytes are not those the manifest was written for.</exception>
    public static void CheckExported(ReadOnlySpan<byte> bytes, ModelManifest manifest)
    {
        CheckLength(bytes, manifest, ModelFormat.OnnxModelName);
        CheckSum(bytes, manifest, ModelFormat.OnnxModelName);
    }

    /// <summary>Copies a stream to its end, but never more than <paramref name="limit"/> bytes.</summary>
    public static void CopyUpTo(Stream source, MemoryStream target, long limit)
    {
        var buffer = new byte[81920];
        int read;
        while (target.Length < limit && (read = source.Read(buffer, 0, (int)Math.Min(buffer.Length, limit - target.Length))) > 0)
            target.Write(buffer, 0, read);
    }

    private static void CheckLength(ReadOnlySpan<byte> bytes, ModelManifest manifest, string name)
    {
        if (bytes.Length != manifest.WeightsLength)
            throw new WeightsFormatException($"The model's '{name}' is {bytes.Length} bytes long; {manifest.WeightsLength} were saved: it is truncated.");
    }

    private static void CheckSum(ReadOnlySpan<byte> bytes, ModelManifest manifest, string name)
    {
        var checksum = Convert.ToHexString(SHA256.HashData(bytes));
        if (checksum != manifest.WeightsSha256)
            throw new WeightsFormatException($"The model's '{name}' is damaged: its checksum is {checksum}; {manifest.WeightsSha256} was saved.");
    }

    /// <summary>Reads a stream to its end, but never more than one byte beyond <paramref name="limit"/>.</summary>
    private static byte[] Read(ModelReader reader, string name, long limit)
    {
        using var bytes = new MemoryStream();
        try
        {
            if (!reader.TryRead(name, stream => CopyUpTo(stream, bytes, limit + 1)))
                throw new WeightsFormatException($"The model has no '{name}': it is not a YOLO detector, or it is truncated.");
        }
        catch (Exception exception) when (exception is InvalidDataException or EndOfStreamException)
        {
            throw new WeightsFormatException($"The model's '{name}' is damaged: {exception.Message}", exception);
        }

        return bytes.ToArray();
    }
}
