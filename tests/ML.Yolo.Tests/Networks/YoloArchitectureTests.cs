using Microsoft.ML;
using ML.Yolo.Tests.Training;
using static ML.Yolo.LayerDescription;
using static TorchSharp.torch;

namespace ML.Yolo.Tests.Networks;

public sealed class YoloArchitectureTests
{
    private static readonly float[,,] OneLayer = { { { 8, 8 } } };

    public static TheoryData<LayerDescription[], string> Misfits => new()
    {
        { [Conv(8, 3)], "has 1 layers; from 2 to 1024 were expected, of which the last is Detect" },
        { [Conv(8, 3), Conv(8, 3)], "of which the last is Detect" },
        { [Conv(8, 3), Detect(0), Detect(0)], "layer 1 is Detect; it must be the last layer" },
        { [Conv(8, 3), ConcatWith(3), Detect(1)], "layer 1 (Concat) takes its input from layer 3; only layers before it have an output" },
        { [Conv(8, 3, from: -2), Detect(0)], "layer 0 (Conv) takes its input from layer -2" },
        { [Conv(8, 3), Conv(8, 3, stride: 2), ConcatWith(0), Detect(2)], "layer 2 (Concat) joins maps of 8 × 23040 × 23040 and 8 × 46080 × 46080" },
        { [Conv(0, 3), Detect(0)], "layer 0 (Conv) has Channels 0; it must be from 1 to 16384" },
        { [C3(8, repeats: 1000), Detect(0)], "layer 0 (C3) has Repeats 1000; it must be from 1 to 256" },
        { [Conv(16384, 3), Conv(16384, 63), Detect(1)], "has more than 1,073,741,824 weights by layer 1" },
        { [.. Enumerable.Repeat(Upsample(), 100), Detect(99)], "a side of 1 to 1048576 was expected" },
        { [Conv(8, 3, stride: 7), Detect(0)], "has no whole stride in an image" },
        { [Sppf(8, kernel: 4), Detect(0)], "layer 0 (SPPF) has an even kernel" },
        { [Conv(8, 3, stride: 2), Detect()], "layer 1 (Detect) takes its input from no layer" },
        { [Conv(8, 3, stride: 2), Conv(8, 3, stride: 2), Detect(1, 0)], "the layers of predictions have strides 4, 2; they must be listed finest first" },
        { [Conv(8, 3, stride: 2), Conv(8, 3, stride: 2), Detect(0, 1)], "the anchors are for 1 layers of predictions; the head has 2" },
    };

    [Theory]
    [MemberData(nameof(Misfits))]
    public void Constructor_LayersThatDoNotFitTogether_SaysWhichAndWhy(LayerDescription[] layers, string message)
    {
        var exception = Assert.Throws<ArgumentException>(() => new YoloArchitecture("mine", layers, OneLayer));

        Assert.Contains("'mine'", exception.Message, StringComparison.Ordinal);
        Assert.Contains(message, exception.Message, StringComparison.Ordinal);
    }

    public static TheoryData<LayerDescription[], string> PointMisfits => new()
    {
        { [Conv(8, 3), Detect(0)], "its head needs anchors, and it has no anchors" },
        { [C3k2(8, repeats: 1, expansion: 1.5), DetectPoints(0)], "layer 0 (C3k2) has an expansion of 1.5; it must be above 0 and at most 1" },
        { [C3k2(8, repeats: 1, expansion: 0.2), DetectPoints(0)], "layer 0 (C3k2) has an expansion of 0.2, which leaves 1 of 8 channels; at least 2 were expected" },
        { [Conv(8, 3), C2Psa(16, repeats: 1), DetectPoints(1)], "layer 1 (C2PSA) puts out 16 channels where 8 come in; it keeps their number" },
        { [Conv(400, 3), C2Psa(400, repeats: 1), DetectPoints(1)], "layer 1 (C2PSA) has 200 channels to attend with, which 3 heads cannot share alike" },
        { [C2f(8, repeats: 0), DetectPoints(0)], "layer 0 (C2f) has Repeats 0; it must be from 1 to 256" },
        { [C3k(0, repeats: 1), DetectPoints(0)], "layer 0 (C3k) has Channels 0; it must be from 2 to 16384" },
        { [Conv(8, 3), DetectPoints(0), DetectPoints(0)], "layer 1 is Detect; it must be the last layer" },
    };

    [Theory]
    [MemberData(nameof(PointMisfits))]
    public void Constructor_LayersWithoutAnchorsThatDoNotFitTogether_SaysWhichAndWhy(LayerDescription[] layers, string message)
    {
        var exception = Assert.Throws<ArgumentException>(() => new YoloArchitecture("mine", layers));

        Assert.Contains("'mine'", exception.Message, StringComparison.Ordinal);
        Assert.Contains(message, exception.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Constructor_AnchorsForAPointHead_SaysThatItHasNoUseForThem()
        => Assert.Contains("no use for the anchors", Assert.Throws<ArgumentException>(() => new YoloArchitecture("mine", [Conv(8, 3), DetectPoints(0)], OneLayer)).Message, StringComparison.Ordinal);

    [Fact]
    public void Constructor_NoChannelAtAll_SaysSo()
        => Assert.Contains("maxChannels is 0; it must be above 0", Assert.Throws<ArgumentOutOfRangeException>(() => new YoloArchitecture("mine", [Conv(8, 3), DetectPoints(0)], maxChannels: 0)).Message, StringComparison.Ordinal);

    [Fact]
    public void Summary_PointHead_ListsItsMapsAndItsBins()
    {
        using var network = YoloNetwork.Create(SmallArchitecture.Points, classCount: 3);

        var lines = network.Summary(height: 64, width: 96).Split('\n', StringSplitOptions.TrimEntries);

        Assert.Equal(1 + 13 + 2 + 1 + 1, lines.Length);
        Assert.Contains("C3k2 C3k", lines[8], StringComparison.Ordinal);
        Assert.Contains("C2PSA × 2", lines[10], StringComparison.Ordinal);
        Assert.Contains("67 × 4 × 6", lines[15], StringComparison.Ordinal);
        Assert.StartsWith($"points: {network.parameters().Sum(parameter => parameter.numel()):N0} parameters", lines[^1], StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(0)]
    [InlineData(double.NaN)]
    public void Constructor_WidthThatIsNoFactor_SaysSo(double width)
        => Assert.Throws<ArgumentOutOfRangeException>(() => new YoloArchitecture("mine", [Conv(8, 3), Detect(0)], OneLayer, width: width));

    [Fact]
    public void Strides_OwnDescription_FollowFromItsLayers() => Assert.Equal([8, 16], SmallArchitecture.EveryBlock.Strides);

    [Fact]
    public void Equals_SameLayersUnderTheSameName_IsTrue()
    {
        YoloArchitecture Describe(int channels) => new("mine", [Conv(channels, 3), Detect(0)], OneLayer);

        Assert.Equal(Describe(8), Describe(8));
        Assert.NotEqual(Describe(8), Describe(16));
        Assert.NotEqual(YoloArchitecture.V5Nano, YoloArchitecture.V5Small);
    }

    [Fact]
    public void Summary_OwnDescription_ListsEveryLayerWithItsOutput()
    {
        using var network = YoloNetwork.Create(SmallArchitecture.EveryBlock, classCount: 3);

        var lines = network.Summary(height: 64, width: 96).Split('\n', StringSplitOptions.TrimEntries);

        Assert.Equal(1 + 15 + 2 + 1, lines.Length);
        Assert.Contains("C3 × 2", lines[3], StringComparison.Ordinal);
        Assert.Contains("16 × 16 × 24", lines[3], StringComparison.Ordinal);
        Assert.Contains("Detect /16", lines[^2], StringComparison.Ordinal);
        Assert.Contains("2 × 4 × 6 × 8", lines[^2], StringComparison.Ordinal);
        Assert.StartsWith($"every-block: {network.parameters().Sum(parameter => parameter.numel()):N0} parameters", lines[^1], StringComparison.Ordinal);
    }

    [Fact]
    public void Summary_SizeThatIsNoMultipleOfTheStride_SaysWhatIs()
    {
        using var network = YoloNetwork.Create(SmallArchitecture.EveryBlock, classCount: 3);

        var exception = Assert.Throws<ArgumentOutOfRangeException>(() => network.Summary(height: 40));

        Assert.Contains("height is 40; it must be a multiple of 16", exception.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Fit_OwnDescription_TrainsAndLoadsFromItsZipWithoutBeingDescribedAgain()
    {
        var mlContext = new MLContext(seed: 1);
        using var folder = new TemporaryFolder();
        var options = TinyRun.Options(epochs: 1);
        options.Architecture = SmallArchitecture.EveryBlock;
        using var trained = TinyRun.Fit(mlContext, options);

        mlContext.Model.Save(trained, null, folder.File("model.zip"));
        using var loaded = (YoloTransformer)mlContext.Model.Load(folder.File("model.zip"), out _);

        Assert.Equal(SmallArchitecture.EveryBlock, loaded.Network.Architecture);
        Assert.NotSame(SmallArchitecture.EveryBlock, loaded.Network.Architecture);
        using var scope = NewDisposeScope();
        var images = rand(1, 3, 64, 64);
        Assert.All(trained.Network.Forward(images).Zip(loaded.Network.Forward(images)), maps => TensorAssert.Equal(maps.First, maps.Second));
    }
}
