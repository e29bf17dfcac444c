using Microsoft.ML.OnnxRuntime;
using Microsoft.ML.Runtime;
using ML.Yolo.Onnx.Scoring;

namespace ML.Yolo.Onnx;

/// <summary>Makes a detector of a file that <see cref="OnnxExport.SaveAsOnnx"/> wrote, by its metadata.</summary>
/// <remarks>Found by its name by <see cref="YoloDetector.Load(string, Microsoft.ML.MLContext?)"/>, which does not reference this assembly.</remarks>
internal sealed class OnnxFileReader : IExportedFileReader
{
    /// <exception cref="WeightsFormatException">It is not an ONNX file, or its metadata say too little; the message names the key.</exception>
    /// <exception cref="NotSupportedException">The file letterboxes by itself, or its input is not square.</exception>
    public YoloTransformer Read(IHostEnvironment environment, string path, YoloArchitecture? architecture, YoloTrainer.Options? options)
    {
        var model = File.ReadAllBytes(path);
        OnnxRuntimeEngine? engine = null;
        try
        {
            var file = new OnnxFileDescription(Metadata(environment, model), path);
            engine = OnnxRuntimeEngine.Create(environment, model, file.ClassNames.Count);
            return new YoloTransformer(engine, file.ClassNames, Settings(file, architecture, options));
        }
        catch (OnnxRuntimeException exception)
        {
            throw new WeightsFormatException($"'{path}' cannot be read as an ONNX file: {exception.Message}", exception);
        }
        catch
        {
            engine?.Dispose();
            throw;
        }
    }

    private static Dictionary<string, string> Metadata(IHostEnvironment environment, byte[] model)
    {
        using var session = OnnxBackend.Open(environment, model);
        return session.ModelMetadata.CustomMetadataMap;
    }

    private static YoloTrainer.Options Settings(OnnxFileDescription file, YoloArchitecture? architecture, YoloTrainer.Options? options)
    {
        var settings = options?.Copy() ?? new YoloTrainer.Options();
        settings.Architecture = architecture ?? file.Architecture;
        if (file.ImageSize is { } size)
            settings.ImageSize = size;
        return settings;
    }
}
