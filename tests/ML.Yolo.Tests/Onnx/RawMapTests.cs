using Microsoft.ML;
using ML.Yolo.Imaging;
using ML.Yolo.Tests.Weights;
using static TorchSharp.torch;

namespace ML.Yolo.Tests.Onnx;

/// <summary>ONNX Runtime's raw maps are those of the network.</summary>
public sealed class RawMapTests
{
    private const double Tolerance = 1e-3;

    [Theory]
    [InlineData("every-block")]
    [InlineData("depthwise")]
    [InlineData("yolov5n")]
    [InlineData("yolov5s")]
    [InlineData("yolov5n6")]
    [InlineData("yolov3-tiny")]
    [InlineData("points")]
    [InlineData("wide-points")]
    [InlineData("yolov8n")]
    [InlineData("yolo11n")]
    [InlineData("yolov5nu")]
    public void SaveAsOnnx_Architecture_GivesTheRawMapsOfTheNetwork(string name) => AssertEqual(name);

    [Theory]
    [Trait("Category", "Long")]
    [InlineData("yolov5m")]
    [InlineData("yolov5l")]
    [InlineData("yolov5x")]
    [InlineData("yolov5s6")]
    [InlineData("yolov5m6")]
    [InlineData("yolov5l6")]
    [InlineData("yolov5x6")]
    [InlineData("yolov3")]
    [InlineData("yolov3-spp")]
    [InlineData("yolov5su")]
    [InlineData("yolov5mu")]
    [InlineData("yolov5lu")]
    [InlineData("yolov5xu")]
    [InlineData("yolov8s")]
    [InlineData("yolov8m")]
    [InlineData("yolov8l")]
    [InlineData("yolov8x")]
    [InlineData("yolo11s")]
    [InlineData("yolo11m")]
    [InlineData("yolo11l")]
    [InlineData("yolo11x")]
    public void SaveAsOnnx_LargeArchitecture_GivesTheRawMapsOfTheNetwork(string name) => AssertEqual(name);

    [Fact]
    public void RawMapTests_BothListsTogether_NameEveryArchitecture()
    {
        var listed = GetType().GetMethods().SelectMany(method => method.GetCustomAttributes(typeof(InlineDataAttribute), false)).Cast<InlineDataAttribute>().SelectMany(data => data.GetData(null!)).Select(row => (string)row[0]);

        Assert.Equal(YoloArchitecture.All.Select(architecture => architecture.Name).Order(), listed.Distinct().Where(name => name.StartsWith("yolo", StringComparison.Ordinal)).Order());
    }

    [Theory]
    [InlineData("yolov5n")]
    [InlineData("yolo11n")]
    public void SaveAsOnnx_DynamicSizes_GivesTheRawMapsOfImagesOfAnySize(string name)
    {
        using var scope = NewDisposeScope();
        using var transformer = RandomDetector.Create(YoloArchitecture.Parse(name));
        using var model = OnnxModel.Of(transformer, new OnnxOptions { Output = OnnxOutput.RawMaps, BatchSize = null, DynamicImageSize = true });

        foreach (var (batch, height, width) in new[] { (1, 64, 96), (3, 128, 64) })
            AssertEqual(transformer, model, rand(batch, 3, height, width), Tolerance);
    }

    [Theory]
    [InlineData("yolov5n")]
    [InlineData("yolo11n")]
    public void SaveAsOnnx_HalfPrecision_GivesTheRawMapsToASmallError(string name)
    {
        using var scope = NewDisposeScope();
        using var folder = new TemporaryFolder();
        using var transformer = RandomDetector.Create(YoloArchitecture.Parse(name));
        transformer.SaveAsOnnx(folder.File("full.onnx"), new OnnxOptions { Output = OnnxOutput.RawMaps });
        transformer.SaveAsOnnx(folder.File("half.onnx"), new OnnxOptions { Output = OnnxOutput.RawMaps, Precision = OnnxPrecision.Half });
        using var model = new OnnxModel(folder.File("half.onnx"));

        AssertEqual(transformer, model, rand(1, 3, 128, 128), 0.05);
        var share = (double)new FileInfo(folder.File("half.onnx")).Length / new FileInfo(folder.File("full.onnx")).Length;
        Assert.InRange(share, 0.45, 0.55);
    }

    [SharedFact]
    public void SaveAsOnnx_CocoWeights_GivesTheRawMapsOfTheNetworkOnImages()
    {
        using var scope = NewDisposeScope();
        var mlContext = new MLContext();
        var rows = mlContext.Data.LoadFromEnumerable(CocoImages.Read().Take(4));
        var images = mlContext.Transforms.LoadImages("Image", "", "ImagePath").Fit(rows).Transform(rows);
        using var transformer = CocoDetector.Load(mlContext, images);
        using var model = OnnxModel.Of(transformer, new OnnxOptions { Output = OnnxOutput.RawMaps });

        foreach (var path in CocoImages.Read().Take(4).Select(row => row.ImagePath))
        {
            using var image = Microsoft.ML.Data.MLImage.CreateFromFile(path);
            var letterbox = Letterbox.Fit(image, 640);
            AssertEqual(transformer, model, ImageBatch.ToInput(ImageBatch.Assemble([new LetterboxedImage(ResizedImage.From(image, letterbox), letterbox)], 640, 640), CPU), Tolerance);
        }
    }

    private static void AssertEqual(string name)
    {
        using var scope = NewDisposeScope();
        using var transformer = RandomDetector.Create(RandomDetector.Architecture(name));
        using var model = OnnxModel.Of(transformer, new OnnxOptions { Output = OnnxOutput.RawMaps });
        AssertEqual(transformer, model, rand(1, 3, 128, 128), Tolerance);
    }

    private static void AssertEqual(YoloTransformer transformer, OnnxModel model, Tensor images, double tolerance)
    {
        using var noGradient = no_grad();
        var expected = transformer.Network.Forward(images);
        var actual = model.Run(images);
        Assert.Equal(expected.Count, actual.Count);
        for (var i = 0; i < expected.Count; i++)
        {
            Assert.InRange(expected[i].std().item<float>(), 0.1, 30);                     // else the comparison says little
            TensorAssert.Close(expected[i], actual[$"map{i}"], relative: 0, absolute: tolerance);
        }

        if (tolerance <= Tolerance)
            AssertMatched(Detect(transformer, expected), Detect(transformer, [.. expected.Select((_, i) => actual[$"map{i}"])]));
    }

    private static float[][] Detect(YoloTransformer transformer, IReadOnlyList<Tensor> maps)
    {
        var predictions = transformer.Network.Head.CreateDecoder().Decode(maps);
        return [.. NonMaxSuppression.Apply(predictions, new NmsOptions()).SelectMany(image => image.Rows.reshape(-1).data<float>().ToArray().Chunk(6))];
    }

    /// <summary>Each expected detection has one of the same class, box and score among the actual ones, and there are no others.</summary>
    private static void AssertMatched(float[][] expected, float[][] actual)
    {
        var left = actual.ToList();
        foreach (var wanted in expected)
        {
            var index = left.FindIndex(found => found[5] == wanted[5] && Math.Abs(found[4] - wanted[4]) < 1e-3f && found.Take(4).Zip(wanted).All(pair => Math.Abs(pair.First - pair.Second) < 0.1f));
            Assert.True(index >= 0, $"no match for {string.Join(", ", wanted)}");
            left.RemoveAt(index);
        }

        Assert.Empty(left);
        Assert.NotEmpty(expected);
    }
}
