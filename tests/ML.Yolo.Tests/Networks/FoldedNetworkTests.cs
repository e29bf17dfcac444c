using ML.Yolo.Imaging;
using ML.Yolo.Networks;
using ML.Yolo.Scoring;
using static TorchSharp.torch;

namespace ML.Yolo.Tests.Networks;

/// <summary>Networks folded for scoring.</summary>
public sealed class FoldedNetworkTests
{
    [Theory]
    [InlineData("YOLOv5n")]
    [InlineData("YOLOv3-tiny")]
    [InlineData("YOLOv8n")]
    [InlineData("YOLO11n")]
    public void Fold_NormsWithStatistics_GivesTheMapsOfTheNetwork(string name)
    {
        using var scope = NewDisposeScope();
        using var noGradient = no_grad();
        using var network = Trained(YoloArchitecture.Parse(name));
        var images = rand(2, 3, 96, 64);
        var plain = network.Forward(images);
        network.Fold();
        var folded = network.Forward(images);
        network.Unfold();

        Assert.All(plain.Zip(folded), maps => TensorAssert.Close(maps.First, maps.Second, 1e-4, 1e-4));
        Assert.All(plain.Zip(network.Forward(images)), maps => TensorAssert.Equal(maps.First, maps.Second));
    }

    [Fact]
    public void Detect_WeightsChangedSinceTheLastTime_ScoresWithTheNewOnes()
    {
        using var scope = NewDisposeScope();
        using var noGradient = no_grad();
        using var engine = new TorchEngine(Trained(YoloArchitecture.V5Nano), CPU);
        LetterboxedImage[] images = [new(new ResizedImage(64, 64, new byte[64 * 64 * 4]), Letterbox.Fit(64, 64, 64, 64))];
        var options = new NmsOptions { ScoreThreshold = 0.5f };
        var before = engine.Detect(images, options)[0].Length;
        foreach (var (_, bias) in engine.Network.named_parameters().Where(entry => entry.name.StartsWith("model.24", StringComparison.Ordinal) && entry.parameter.dim() == 1))
            bias.fill_(9);

        Assert.Equal(0, before);
        Assert.NotEmpty(engine.Detect(images, options)[0]);
    }

    [Fact]
    public void Instance_WhereLibTorchHasOneDnn_IsThere()
    {
        var hasOneDnn = System.Runtime.InteropServices.RuntimeInformation.ProcessArchitecture == System.Runtime.InteropServices.Architecture.X64;

        Assert.Equal(hasOneDnn, FusedConvolution.Instance is not null);
    }

    private static YoloNetwork Trained(YoloArchitecture architecture)
    {
        var network = YoloNetwork.Create(architecture, classCount: 3);
        network.train();
        network.call(rand(4, 3, 64, 64));
        network.eval();
        return network;
    }
}
