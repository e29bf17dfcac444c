using ML.Yolo.Tests.Networks;
using static TorchSharp.torch;

namespace ML.Yolo.Tests.Onnx;

/// <summary>Boxes and probabilities, and what suppression in the graph leaves of them, are those of the library.</summary>
public sealed class DecodedOutputTests
{
    public static TheoryData<string, bool> Codings => new()
    {
        { "V5", false }, { "V5", true }, { "V3", false }, { "V3", true }, { "V8", false }, { "V8", true }, { "V11", false }, { "V11", true },
    };

    [Theory]
    [MemberData(nameof(Codings))]
    public void SaveAsOnnx_Decoded_GivesTheBoxesOfTheCoding(string coding, bool isDynamic)
    {
        using var scope = NewDisposeScope();
        using var transformer = Detector(coding);
        using var model = OnnxModel.Of(transformer, new OnnxOptions { BatchSize = isDynamic ? null : 2, DynamicImageSize = isDynamic });
        var images = rand(2, 3, 128, 128);

        var actual = model.Run(images)["predictions"];

        TensorAssert.Close(Decode(transformer, images), actual, relative: 1e-3, absolute: 1e-3);
    }

    [Fact]
    public void SaveAsOnnx_OblongImage_GivesTheBoxesOfTheCoding()
    {
        using var scope = NewDisposeScope();
        using var transformer = RandomDetector.Create(YoloArchitecture.V5Nano);
        using var model = OnnxModel.Of(transformer, new OnnxOptions { ImageHeight = 64, ImageWidth = 160 });
        var images = rand(1, 3, 64, 160);

        TensorAssert.Close(Decode(transformer, images), model.Run(images)["predictions"], relative: 1e-3, absolute: 1e-3);
    }

    [Theory]
    [InlineData("V5", false, false)]
    [InlineData("V5", true, false)]
    [InlineData("V3", false, true)]
    [InlineData("V5", true, true)]
    [InlineData("V8", false, false)]
    [InlineData("V11", true, true)]
    public void SaveAsOnnx_Detections_GivesThoseOfTheLibrarysSuppression(string coding, bool isDynamic, bool multiLabel)
    {
        using var scope = NewDisposeScope();
        using var transformer = Detector(coding);
        transformer.Scoring.MultiLabel = multiLabel;
        var options = new OnnxOptions { Output = OnnxOutput.Detections, BatchSize = isDynamic ? null : 2, DynamicImageSize = isDynamic, MaxDetections = 20, ScoreThreshold = 0.3f, IouThreshold = 0.5f };
        using var model = OnnxModel.Of(transformer, options);
        var images = rand(2, 3, 128, 128);
        var expected = NonMaxSuppression.Apply(Predict(transformer, images), new NmsOptions { ScoreThreshold = 0.3f, IouThreshold = 0.5f, MaxDetections = 20, MultiLabel = multiLabel });

        var actual = model.Run(images);

        Assert.Equal([2, 20, 6], actual["detections"].shape);
        for (var i = 0; i < 2; i++)
        {
            var count = actual["count"][i].item<long>();
            Assert.Equal(expected[i].Rows.shape[0], count);
            Assert.NotEqual(0, count);
            TensorAssert.Close(expected[i].Rows, actual["detections"][i].narrow(0, 0, count), relative: 1e-3, absolute: 1e-3);
        }
    }

    [Fact]
    public void SaveAsOnnx_DetectionsOfAnImageWithout_GivesZeros()
    {
        using var scope = NewDisposeScope();
        using var transformer = RandomDetector.Create(YoloArchitecture.V5Nano);
        using var model = OnnxModel.Of(transformer, new OnnxOptions { Output = OnnxOutput.Detections, ScoreThreshold = 1 });

        var actual = model.Run(rand(1, 3, 128, 128));

        Assert.Equal(0, actual["count"][0].item<long>());
        Assert.Equal(0, actual["detections"].abs().max().item<float>());
    }

    private static YoloTransformer Detector(string coding) => coding switch
    {
        "V8" => RandomDetector.Create(YoloArchitecture.V8Nano),
        "V11" => RandomDetector.Create(YoloArchitecture.V11Nano),
        _ => RandomDetector.Create(YoloArchitecture.V5Nano, loss: coding == "V5" ? new YoloV5LossOptions() : new YoloV3LossOptions()),
    };

    private static Predictions Predict(YoloTransformer transformer, Tensor images)
    {
        using var noGradient = no_grad();
        return transformer.Network.Head.CreateDecoder().Decode(transformer.Network.Forward(images));
    }

    private static Tensor Decode(YoloTransformer transformer, Tensor images)
    {
        using var noGradient = no_grad();
        return DecodedLayout.Decode(transformer.Network, transformer.Network.Forward(images));
    }
}
