using System.Runtime.InteropServices;
using Microsoft.ML.OnnxRuntime;
using ML.Yolo.Onnx.Schema;
using static TorchSharp.torch;

namespace ML.Yolo.Tests.Onnx;

/// <summary>An exported file in ONNX Runtime.</summary>
internal sealed class OnnxModel : IDisposable
{
    private readonly InferenceSession _session;

    public OnnxModel(string path)
    {
        using var options = new SessionOptions { IntraOpNumThreads = 1 };
        _session = new InferenceSession(path, options);
    }

    public InferenceSession Session => _session;

    /// <summary>Exports a detector and opens the file.</summary>
    public static OnnxModel Of(YoloTransformer transformer, OnnxOptions options)
    {
        using var folder = new TemporaryFolder();
        transformer.SaveAsOnnx(folder.File("model.onnx"), options);
        return new OnnxModel(folder.File("model.onnx"));
    }

    /// <summary>The messages of an exported file.</summary>
    public static ModelProto Parse(YoloTransformer transformer, OnnxOptions options)
    {
        using var folder = new TemporaryFolder();
        transformer.SaveAsOnnx(folder.File("model.onnx"), options);
        return ModelProto.Parser.ParseFrom(File.ReadAllBytes(folder.File("model.onnx")));
    }

    /// <summary>Runs on images (B, 3, H, W); outputs by name.</summary>
    public Dictionary<string, Tensor> Run(Tensor images)
    {
        var values = MemoryMarshal.Cast<byte, float>(images.contiguous().bytes).ToArray();
        using var input = OrtValue.CreateTensorValueFromMemory(values, images.shape);
        return Run("images", input);
    }

    /// <summary>Runs on one image of bytes (H, W, 3).</summary>
    public Dictionary<string, Tensor> Run(byte[] pixels, int height, int width)
    {
        using var input = OrtValue.CreateTensorValueFromMemory(pixels, [height, width, 3]);
        return Run("image", input);
    }

    public void Dispose() => _session.Dispose();

    private Dictionary<string, Tensor> Run(string name, OrtValue input)
    {
        using var options = new RunOptions();
        using var outputs = _session.Run(options, [name], [input], _session.OutputNames);
        return _session.OutputNames.Zip(outputs).ToDictionary(pair => pair.First, pair => ToTensor(pair.Second));
    }

    private static Tensor ToTensor(OrtValue value)
    {
        var info = value.GetTensorTypeAndShape();
        return info.ElementDataType == Microsoft.ML.OnnxRuntime.Tensors.TensorElementType.Int64
            ? tensor(value.GetTensorDataAsSpan<long>().ToArray()).view(info.Shape)
            : tensor(value.GetTensorDataAsSpan<float>().ToArray()).view(info.Shape);
    }
}
