using Microsoft.ML;
using ML.Yolo;
using ML.Yolo.Tests;
using ML.Yolo.Tests.Onnx;

namespace WebDemo.Tests;

/// <summary>A small detector saved for ONNX Runtime, and one for LibTorch.</summary>
public sealed class ExportedDetector : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public ExportedDetector()
        : this(imageSize: 64)
    {
    }

    internal ExportedDetector(int imageSize)
    {
        Save(Path, Torch, classCount: 3, imageSize);
        Detector = YoloDetector.Load(Path);
    }

    /// <summary>The zip of the ONNX engine.</summary>
    public string Path => _folder.File("model.zip");

    /// <summary>The zip of LibTorch.</summary>
    public string Torch => _folder.File("torch.zip");

    /// <summary>The same in this process.</summary>
    public YoloDetector Detector { get; }

    /// <summary>Writes a detector of other classes.</summary>
    public static void Save(string path, int classCount) => Save(path, torchPath: null, classCount, imageSize: 64);

    public void Dispose()
    {
        Detector.Dispose();
        _folder.Dispose();
    }

    private static void Save(string path, string? torchPath, int classCount, int imageSize)
    {
        var mlContext = new MLContext();
        using var torch = RandomDetector.Create(YoloArchitecture.V5Nano, imageSize, classCount: classCount);
        using var onnx = torch.ToOnnxRuntime(mlContext);
        mlContext.Model.SaveAtomically(onnx, null, path);
        if (torchPath is not null)
            mlContext.Model.Save(torch, null, torchPath);
    }
}
