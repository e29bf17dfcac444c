using System.Security.Cryptography;
using System.Text.Json;
using Microsoft.ML;
using Microsoft.ML.Runtime;
using ML.Yolo;
using ML.Yolo.Devices;
using ML.Yolo.Interop;
using ML.Yolo.Persistence;
using ML.Yolo.Weights;
using static TorchSharp.torch;

[assembly: LoadableClass(typeof(YoloTransformer), typeof(ModelZip), null, typeof(SignatureLoadModel), "YOLO detector", ModelZip.LoaderSignature)]

namespace ML.Yolo.Persistence;

/// <summary>A detector in an ML.NET model zip.</summary>
/// <remarks>
/// The zip names this assembly, so that ML.NET finds the loader without being told. Beside ML.NET's own header there are two streams:
/// <list type="bullet">
/// <item><c>yolo.json</c>: options, class names, training history, length and checksum of the weights (<see cref="ModelManifest"/>).</item>
/// <item><c>weights.safetensors</c>: parameters and buffers by Ultralytics' names, anchors included.</item>
/// </list>
/// </remarks>
internal static class ModelZip
{
    public const string LoaderSignature = "YoloTransformer";

    public const string ManifestName = "yolo.json";
    public const string WeightsName = "weights.safetensors";
    public const int LargestManifest = 16 << 20;

    public static void Save(YoloTransformer transformer, ModelSaveContext context)
    {
        context.CheckAtModel();
        context.SetVersionInfo(Version());
        using var weights = new MemoryStream();
        Safetensors.Write(weights, transformer.Network.state_dict(), new Dictionary<string, string> { ["architecture"] = transformer.Network.Architecture.Name });
        var manifest = new ModelManifest
        {
            ClassNames = transformer.ClassNames,
            Options = transformer.Options,
            History = transformer.History,
            WeightsLength = weights.Length,
            WeightsSha256 = Convert.ToHexString(SHA256.HashData(weights.GetBuffer().AsSpan(0, (int)weights.Length))),
        };
        context.Write(ManifestName, stream => stream.Write(manifest.ToJson()));
        context.Write(WeightsName, weights.WriteTo);
    }

    /// <exception cref="WeightsFormatException">A part is missing or damaged; the message names it.</exception>
    internal static YoloTransformer Create(IHostEnvironment environment, ModelLoadContext context)
    {
        context.CheckAtModel(Version());
        TorchBackend.EnsureLoaded();
        var manifest = ParseManifest(Read(context, ManifestName, LargestManifest));
        using var scope = NewDisposeScope();
        var network = YoloNetwork.Create(manifest.Options.Architecture, manifest.ClassNames.Count, manifest.Options.Loss.BoxCoding);
        try
        {
            NetworkState.Load(network, ParseWeights(Read(context, WeightsName, manifest.WeightsLength), manifest), WeightsName);
            return new YoloTransformer(environment, network, manifest.ClassNames, manifest.Options, manifest.History);
        }
        catch
        {
            network.Dispose();
            throw;
        }
    }

    /// <exception cref="WeightsFormatException">The text is no manifest, or one of its values is out of range.</exception>
    internal static ModelManifest ParseManifest(ReadOnlySpan<byte> json)
    {
        try
        {
            var manifest = ModelManifest.Parse(json);
            manifest.Options.Check();
            return manifest.ClassNames.Count > 0 ? manifest : throw new JsonException("It names no class.");
        }
        catch (Exception exception) when (exception is JsonException or ArgumentException or NotSupportedException)
        {
            throw new WeightsFormatException($"The model's '{ManifestName}' is damaged: {exception.Message}", exception);
        }
    }

    /// <exception cref="WeightsFormatException">The bytes are not those the manifest was written for.</exception>
    internal static IReadOnlyDictionary<string, Tensor> ParseWeights(byte[] bytes, ModelManifest manifest)
    {
        CheckLength(bytes, manifest, WeightsName);
        var tensors = Safetensors.Read(new MemoryStream(bytes), bytes.Length, WeightsName);
        CheckSum(bytes, manifest, WeightsName);
        return tensors;
    }

    /// <exception cref="WeightsFormatException">There are fewer or more bytes than were saved.</exception>
    internal static void CheckLength(ReadOnlySpan<byte> bytes, ModelManifest manifest, string name)
    {
        if (bytes.Length != manifest.WeightsLength)
            throw new WeightsFormatException($"The model's '{name}' is {bytes.Length} bytes long; {manifest.WeightsLength} were saved: it is truncated.");
    }

    /// <exception cref="WeightsFormatException">The bytes are not those saved.</exception>
    internal static void CheckSum(ReadOnlySpan<byte> bytes, ModelManifest manifest, string name)
    {
        var checksum = Convert.ToHexString(SHA256.HashData(bytes));
        if (checksum != manifest.WeightsSha256)
            throw new WeightsFormatException($"The model's '{name}' is damaged: its checksum is {checksum}; {manifest.WeightsSha256} was saved.");
    }

    /// <summary>Copies a stream to its end, but never more than <paramref name="limit"/> bytes.</summary>
    internal static void CopyUpTo(Stream source, MemoryStream target, long limit)
    {
        var buffer = new byte[81920];
        int read;
        while (target.Length < limit && (read = source.Read(buffer, 0, (int)Math.Min(buffer.Length, limit - target.Length))) > 0)
            target.Write(buffer, 0, read);
    }

    /// <summary>Reads a stream to its end, but never more than one byte beyond <paramref name="limit"/>.</summary>
    internal static byte[] Read(ModelLoadContext context, string name, long limit)
    {
        using var bytes = new MemoryStream();
        try
        {
            if (!context.TryRead(name, stream => CopyUpTo(stream, bytes, limit + 1)))
                throw new WeightsFormatException($"The model has no '{name}': it is no YOLO detector, or it is truncated.");
        }
        catch (Exception exception) when (exception is InvalidDataException or EndOfStreamException)
        {
            throw new WeightsFormatException($"The model's '{name}' is damaged: {exception.Message}", exception);
        }

        return bytes.ToArray();
    }

    private static VersionInfo Version() => new(
        modelSignature: "YOLODETE",
        verWrittenCur: 0x00010001,
        verReadableCur: 0x00010001,
        verWeCanReadBack: 0x00010001,
        loaderAssemblyName: typeof(ModelZip).Assembly.FullName,
        loaderSignature: LoaderSignature);
}
