using Google.Protobuf;
using Microsoft.ML;
using ML.Yolo.Files;
using ML.Yolo.Interop;
using ML.Yolo.Onnx.Graphs;
using ML.Yolo.Onnx.Scoring;

namespace ML.Yolo;

/// <summary>Takes detectors out of LibTorch: as ONNX files for other programs, and as transformers that score with ONNX Runtime.</summary>
public static class OnnxExport
{
    /// <summary>Writes the detector as an ONNX file (operator set 18), with its class names, strides, anchors and box coding in the metadata.</summary>
    /// <param name="transformer">The detector.</param>
    /// <param name="path">The file to make or replace, whole or not at all.</param>
    /// <param name="options">Input, output, precision and sizes; the defaults where omitted.</param>
    /// <returns>
    /// What the file says otherwise than the detector does, in sentences: class names that would mislead the programs that read
    /// <see cref="OnnxOutput.Decoded"/>
    /// and <see cref="OnnxOutput.Ultralytics"/> are written otherwise for them. Empty for most.
    /// </returns>
    /// <exception cref="ArgumentException">An option is out of range, or two contradict each other; the message names them.</exception>
    /// <exception cref="ObjectDisposedException">The detector was disposed.</exception>
    /// <exception cref="InvalidOperationException">The detector scores with ONNX Runtime: it has no weights to export.</exception>
    /// <exception cref="IOException">The file cannot be written; an existing file is left as it was.</exception>
    public static IReadOnlyList<string> SaveAsOnnx(this YoloTransformer transformer, string path, OnnxOptions? options = null)
    {
        ArgumentNullException.ThrowIfNull(transformer);
        ArgumentException.ThrowIfNullOrWhiteSpace(path);
        options ??= new OnnxOptions();
        var model = transformer.SharedEngine.Use(_ => ModelExport.Build(transformer, options));
        AtomicFile.Write(path, stream =>
        {
            using var output = new CodedOutputStream(stream, leaveOpen: true);
            model.WriteTo(output);
        });
        return ModelMetadata.IsForOthers(options.Output) ? new PythonNames(transformer.ClassNames).Notes : [];
    }

    /// <summary>A detector of its own that finds the same objects with ONNX Runtime. Saved in a model zip, it loads in programs without LibTorch.</summary>
    /// <param name="transformer">The detector; it stays as it is.</param>
    /// <param name="mlContext">Says whether to score on a GPU (<c>GpuDeviceId</c>) and whether the CPU may be used instead (<c>FallbackToCpu</c>).</param>
    /// <exception cref="ObjectDisposedException">The detector was disposed.</exception>
    /// <exception cref="InvalidOperationException">The detector scores with ONNX Runtime already.</exception>
    /// <exception cref="OnnxBackendException">ONNX Runtime's native library, or the GPU asked for, is missing.</exception>
    public static YoloTransformer ToOnnxRuntime(this YoloTransformer transformer, MLContext mlContext)
    {
        ArgumentNullException.ThrowIfNull(transformer);
        ArgumentNullException.ThrowIfNull(mlContext);
        var options = new OnnxOptions { Output = OnnxOutput.RawMaps, BatchSize = null, DynamicImageSize = true };
        var model = transformer.SharedEngine.Use(_ => ModelExport.Build(transformer, options)).ToByteArray();
        var engine = OnnxRuntimeEngine.Create(mlContext.Environment(), model, transformer.ClassNames.Count);
        return new YoloTransformer(engine, transformer.ClassNames, transformer.Options, transformer.History) { Environment = mlContext.Environment() };
    }
}
