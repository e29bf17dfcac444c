using Microsoft.ML.OnnxRuntime;
using Microsoft.ML.Runtime;
using ML.Yolo;
using ML.Yolo.Interop;
using ML.Yolo.Onnx;
using ML.Yolo.Onnx.Scoring;
using ML.Yolo.Persistence;

[assembly: LoadableModel<YoloTransformer, OnnxTransformerSource>("YOLO detector on ONNX Runtime", ModelFormat.OnnxLoader)]
[assembly: System.Runtime.CompilerServices.IgnoresAccessChecksTo("Microsoft.ML.Core")]
[assembly: System.Runtime.CompilerServices.IgnoresAccessChecksTo("Microsoft.ML.Data")]

namespace ML.Yolo.Onnx;

/// <summary>Makes a detector on ONNX Runtime of its zip, which names this assembly: loading it touches no LibTorch.</summary>
internal sealed class OnnxTransformerSource : IModelSource<YoloTransformer>
{
    /// <exception cref="WeightsFormatException">A part is missing or damaged; the message names it.</exception>
    /// <exception cref="OnnxBackendException">ONNX Runtime's native library, or the GPU asked for, is missing.</exception>
    public static YoloTransformer Load(IHostEnvironment environment, ModelReader reader)
    {
        var (manifest, model) = ModelZip.Load(reader, ScoringEngine.OnnxRuntime);
        var (options, history) = DetectorManifest.Read(manifest);
        ModelZip.CheckExported(model, manifest);
        try
        {
            return new YoloTransformer(OnnxRuntimeEngine.Create(environment, model, manifest.ClassNames.Count), manifest.ClassNames, options, history)
            {
                Environment = environment,
            };
        }
        catch (OnnxRuntimeException exception)
        {
            throw new WeightsFormatException($"The model's '{ModelFormat.OnnxModelName}' is damaged: {exception.Message}", exception);
        }
    }
}
