using Microsoft.ML;
using Microsoft.ML.Data;
using ML.Yolo.Tests.Networks;
using static TorchSharp.torch;

namespace ML.Yolo.Tests.Onnx;

/// <summary>The exported file in a pipeline of ML.NET's own parts, without a type of this library.</summary>
public sealed class MLNetPipelineTests
{
    private const int Size = 128;

    [Fact]
    public void ApplyOnnxModel_LoadResizeExtract_GivesWhatTheNetworkGives()
    {
        using var scope = NewDisposeScope();
        using var folder = new TemporaryFolder();
        using var transformer = RandomDetector.Create(YoloArchitecture.V5Nano, Size);
        transformer.SaveAsOnnx(folder.File("model.onnx"));
        SquareImages.Draw(4)[3].Image.Save(folder.File("image.png"));                     // 128 × 128: nothing to resize
        var mlContext = new MLContext();
        var data = mlContext.Data.LoadFromEnumerable([new { ImagePath = folder.File("image.png") }]);

        var pipeline = mlContext.Transforms.LoadImages("image", "", "ImagePath")
            .Append(mlContext.Transforms.ResizeImages("image", Size, Size))
            .Append(mlContext.Transforms.ExtractPixels("images", "image", scaleImage: 1 / 255f))
            .Append(mlContext.Transforms.ApplyOnnxModel("predictions", "images", folder.File("model.onnx")));
        var predictions = pipeline.Fit(data).Transform(data).GetColumn<float[]>("predictions").Single();

        using var image = MLImage.CreateFromFile(folder.File("image.png"));
        using var noGradient = no_grad();
        var maps = transformer.Network.Forward(Input(image));
        var expected = DecodedLayout.Decode(transformer.Network, maps);
        TensorAssert.Close(expected, tensor(predictions).view(expected.shape), relative: 1e-3, absolute: 1e-3);
    }

    private static Tensor Input(MLImage image)
    {
        var bytes = tensor(image.Pixels.ToArray()).view(image.Height, image.Width, 4).to(ScalarType.Float32) / 255;
        var order = image.PixelFormat == MLPixelFormat.Rgba32 ? new long[] { 0, 1, 2 } : [2, 1, 0];
        return bytes.index_select(2, tensor(order)).permute(2, 0, 1).unsqueeze(0);
    }
}
