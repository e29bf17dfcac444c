using System.Security.Cryptography;
using Microsoft.ML;
using Microsoft.ML.OnnxRuntime;
using Microsoft.ML.Runtime;
using ML.Yolo;
using ML.Yolo.Interop;
using ML.Yolo.Onnx.Persistence;
using ML.Yolo.Onnx.Scoring;
using ML.Yolo.Persistence;

[assembly: LoadableClass(typeof(YoloTransformer), typeof(OnnxModelZip), null, typeof(SignatureLoadModel), "YOLO detector on ONNX Runtime", OnnxModelZip.LoaderSignature)]
[assembly: System.Runtime.CompilerServices.IgnoresAccessChecksTo("Microsoft.ML.Core")]
[assembly: System.Runtime.CompilerServices.IgnoresAccessChecksTo("Microsoft.ML.Data")]

namespace ML.Yolo.Onnx.Persistence;

/// <summary>A detector that scores with ONNX Runtime in an ML.NET model zip, which names this assembly: loading it touches no LibTorch.</summary>
/// <remarks>
/// Beside ML.NET's own header there are two streams:
/// <list type="bullet">
/// <item><c>yolo.json</c>: options, class names, training history, length and checksum of the model (<see cref="ModelManifest"/>).</item>
/// <item><c>model.onnx</c>: the exported model: raw maps, batch and image size open.</item>
/// </list>
/// </remarks>
internal static class OnnxModelZip
{
    public const string LoaderSignature = "YoloOnnxTransformer";

    private const string ModelName = "model.onnx";

    public static void Save(OnnxRuntimeEngine engine, YoloTransformer transformer, ModelSaveContext context)
    {
        context.CheckAtModel();
        context.SetVersionInfo(Version());
        var manifest = new ModelManifest
        {
            ClassNames = transformer.ClassNames,
            Options = transformer.Options,
            History = transformer.History,
            WeightsLength = engine.Model.Length,
            WeightsSha256 = Convert.ToHexString(SHA256.HashData(engine.Model.Span)),
        };
        context.Write(ModelZip.ManifestName, stream => stream.Write(manifest.ToJson()));
        context.Write(ModelName, stream => stream.Write(engine.Model.Span));
    }

    /// <exception cref="WeightsFormatException">A part is missing or damaged; the message names it.</exception>
    /// <exception cref="OnnxBackendException">ONNX Runtime's native library, or the GPU asked for, is missing.</exception>
    internal static YoloTransformer Create(IHostEnvironment environment, ModelLoadContext context)
    {
        context.CheckAtModel(Version());
        var manifest = ModelZip.ParseManifest(ModelZip.Read(context, ModelZip.ManifestName, ModelZip.LargestManifest));
        var model = ModelZip.Read(context, ModelName, manifest.WeightsLength);
        ModelZip.CheckLength(model, manifest, ModelName);
        ModelZip.CheckSum(model, manifest, ModelName);
        try
        {
            return OnnxRuntimeEngine.CreateTransformer(environment, model, manifest.ClassNames, manifest.Options, manifest.History);
        }
        catch (OnnxRuntimeException exception)
        {
            throw new WeightsFormatException($"The model's '{ModelName}' is damaged: {exception.Message}", exception);
        }
    }

    private static VersionInfo Version() => new(
        modelSignature: "YOLOONNX",
        verWrittenCur: 0x00010001,
        verReadableCur: 0x00010001,
        verWeCanReadBack: 0x00010001,
        loaderAssemblyName: typeof(OnnxModelZip).Assembly.FullName,
        loaderSignature: LoaderSignature);
}
