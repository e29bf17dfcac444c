using static TorchSharp.torch;

namespace ML.Yolo.Tests.Networks;

/// <summary>A network with every kind of block, weights from a formula, against numbers of a plain program in double precision that knows none of our code.</summary>
public sealed class SmallNetworkForwardTests
{
    private const int ImageSize = 64;

    [Fact]
    public void Create_DepthwiseConvolutions_HaveAsManyGroupsAsTheirChannelsAllow()
    {
        using var network = YoloNetwork.Create(SmallArchitecture.Depthwise, classCount: 3);

        var state = network.state_dict();
        Assert.Equal([16, 1, 3, 3], state["model.1.conv.weight"].shape);
        Assert.Equal([24, 2, 5, 5], state["model.2.conv.weight"].shape);
    }

    [Theory]
    [InlineData(false, "model.4.m.1.cv1", new long[] { 3, 6, 3, 3 })]
    [InlineData(false, "model.5.m.0.cv1", new long[] { 12, 12, 3, 3 })]
    [InlineData(false, "model.7.m.0.m.1.cv2", new long[] { 8, 8, 3, 3 })]
    [InlineData(false, "model.9.m.1.attn.qkv", new long[] { 32, 16, 1, 1 })]
    [InlineData(false, "model.13.cv3.1.0", new long[] { 24, 32, 3, 3 })]
    [InlineData(true, "model.9.m.1.attn.qkv", new long[] { 256, 128, 1, 1 })]
    [InlineData(true, "model.9.m.1.attn.pe", new long[] { 128, 1, 3, 3 })]
    [InlineData(true, "model.13.cv3.1.0.0", new long[] { 256, 1, 3, 3 })]
    [InlineData(true, "model.13.cv3.1.0.1", new long[] { 192, 256, 1, 1 })]
    public void Create_BlocksOfYolo11_HaveTheShapesOfTheirDefinition(bool isWide, string name, long[] shape)
    {
        using var network = YoloNetwork.Create(isWide ? SmallArchitecture.WidePoints : SmallArchitecture.Points, classCount: 3);

        Assert.Equal(shape, network.state_dict()[$"{name}.conv.weight"].shape);
    }

    [Fact]
    public void Create_EveryBlock_HasTheKnownNumberOfParametersAndTensors()
    {
        using var network = YoloNetwork.Create(SmallArchitecture.EveryBlock, classCount: 3);

        Assert.Equal((18_920, 161), (network.parameters().Sum(parameter => parameter.numel()), network.state_dict().Count));
    }

    [Fact]
    public void Forward_WeightsFromAFormula_GivesTheMapsComputedByHand()
    {
        using var scope = NewDisposeScope();
        using var noGradient = no_grad();
        using var network = YoloNetwork.Create(SmallArchitecture.EveryBlock, classCount: 3);
        FillByFormula(network);
        network.eval();

        var maps = network.Forward(tensor(Numbers(3 * ImageSize * ImageSize, k => 0.5 + (0.5 * Math.Sin(0.37 * k)))).view(1, 3, ImageSize, ImageSize));

        AssertMap(maps[0], [1, 2, 8, 8, 8], absoluteSum: 1103.0880807778692, first: [-0.619373, 1.330485, 0.300985, 0.341866, -0.024079, -1.097722, 0.611774, 0.218091],
            last: [0.797835, 2.159525, -1.951554, -0.64096, -2.532331, 0.22165, 0.106385, -2.096888]);
        AssertMap(maps[1], [1, 2, 4, 4, 8], absoluteSum: 961.5199977261753, first: [8.976827, -0.58894, 2.379618, -5.891416, 3.505439, -2.928645, 1.895575, 0.437398],
            last: [4.232995, -5.158633, 4.35855, -4.307163, 0.32562, 3.341395, 0.645951, -3.260039]);
    }

    private static void AssertMap(Tensor map, long[] shape, double absoluteSum, double[] first, double[] last)
    {
        Assert.Equal(shape, map.shape);
        TensorAssert.Close(tensor(first), map.view(-1, 8)[0], relative: 1e-3, absolute: 1e-3);
        TensorAssert.Close(tensor(last), map.view(-1, 8)[-1], relative: 1e-3, absolute: 1e-3);
        Assert.Equal(absoluteSum, map.abs().sum(ScalarType.Float64).item<double>(), tolerance: 0.05);
    }

    /// <summary>Each tensor by its place i among the names in order, each element by its place k.</summary>
    private static void FillByFormula(YoloNetwork network)
    {
        foreach (var (i, (name, target)) in network.state_dict().OrderBy(entry => entry.Key, StringComparer.Ordinal).Index())
        {
            Func<int, double>? formula = name.Split('.')[^1] switch
            {
                "weight" when target.dim() == 4 => k => Math.Sin((0.7 * k * k) + i) * 2.2 / Math.Sqrt(target[0].numel()),
                "weight" => k => 1 + (0.2 * Math.Sin(k + i)),
                "bias" => k => 0.1 * Math.Sin((2 * k) + i),
                "running_mean" => k => 0.1 * Math.Sin((3 * k) + i),
                "running_var" => k => 1 + (0.5 * Math.Pow(Math.Sin(k + i), 2)),
                _ => null,
            };
            if (formula is not null)
                target.copy_(tensor(Numbers((int)target.numel(), formula)).view(target.shape));
        }
    }

    private static float[] Numbers(int count, Func<int, double> formula) => [.. Enumerable.Range(0, count).Select(k => (float)formula(k))];
}
