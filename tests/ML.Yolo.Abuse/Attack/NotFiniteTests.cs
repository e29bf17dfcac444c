using Microsoft.ML;
using ML.Yolo.Tests;
using ML.Yolo.Tests.Networks;
using ML.Yolo.Tests.Onnx;
using static TorchSharp.torch;

namespace ML.Yolo.Abuse.Attack;

/// <summary>Row 19 of the attack: weights that are not finite, or no statistics of norms, are refused by name instead of finding nothing.</summary>
public sealed class NotFiniteTests
{
    [Theory]
    [InlineData("model.0.conv.weight", float.NaN, "holds numbers that are not finite")]
    [InlineData("model.0.conv.weight", float.PositiveInfinity, "holds numbers that are not finite")]
    [InlineData("model.0.bn.running_var", -1f, "holds a variance below 0")]
    public void Load_OneNumberIsWrong_NamesItsTensor(string name, float value, string message)
    {
        using var folder = new TemporaryFolder();
        using var detector = RandomDetector.Create(SmallArchitecture.EveryBlock, imageSize: 64);
        using (no_grad())
            detector.Network.state_dict()[name].fill_(value);
        detector.SaveWeights(folder.File("weights.safetensors"));
        new MLContext().Model.Save(detector, null, folder.File("model.zip"));

        var exceptions = new[]
        {
            Record.Exception(() => YoloDetector.Load(folder.File("model.zip"))),
            Record.Exception(() => YoloDetector.Load(folder.File("weights.safetensors"), SmallArchitecture.EveryBlock)),
        };

        Assert.All(exceptions, exception =>
        {
            Assert.IsType<WeightsFormatException>(exception);
            Assert.Contains(name, exception.Message, StringComparison.Ordinal);
            Assert.Contains(message, exception.Message, StringComparison.Ordinal);
        });
    }

    [Fact]
    public void LayerBalance_DefaultIsChanged_StaysTheDefaultOfOthers()
    {
        new YoloV5LossOptions().LayerBalance[0] = 99;

        Assert.Equal([4f, 1f, 0.4f], new YoloV5LossOptions().LayerBalance);
    }
}
