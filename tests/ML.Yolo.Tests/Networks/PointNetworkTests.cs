using System.Text.Json;
using ML.Yolo.Weights;
using TorchSharp;
using static TorchSharp.torch;

namespace ML.Yolo.Tests.Networks;

/// <summary>The networks without anchors against the reference's numbers, and what a new one starts with.</summary>
public sealed class PointNetworkTests
{
    private const int ClassCount = 20;

    public static TheoryData<string> Nano => ["yolov8n", "yolo11n"];

    [SharedTheory]
    [MemberData(nameof(Nano))]
    public void Forward_ReferenceWeights_GivesTheReferenceMaps(string name)
    {
        using var scope = NewDisposeScope();
        using var noGradient = no_grad();
        using var network = Load(name);
        var golden = Safetensors.Load(SharedFolder.Path("golden", "network", $"{name}-forward.safetensors"));
        network.eval();

        var single = network.Forward(golden["input"]);
        network.to(ScalarType.Float64);
        var maps = network.Forward(golden["input"].to(ScalarType.Float64));

        // The reference's single precision is off by up to 2e-4; so may ours be, and not always to the same side.
        Assert.Equal(3, maps.Count);
        for (var i = 0; i < maps.Count; i++)
        {
            TensorAssert.Close(golden[$"raw{i}"], maps[i], relative: 0, absolute: 2e-4);
            TensorAssert.Close(maps[i], single[i], relative: 0, absolute: 2e-4);
        }
    }

    [SharedTheory]
    [MemberData(nameof(Nano))]
    public void Decode_ReferenceMaps_GivesTheReferenceBoxesAndScores(string name)
    {
        using var scope = NewDisposeScope();
        using var network = Load(name);
        var golden = Safetensors.Load(SharedFolder.Path("golden", "network", $"{name}-forward.safetensors"));

        var predictions = network.Head.CreateDecoder().Decode([golden["raw0"], golden["raw1"], golden["raw2"]]);

        var expected = golden["decoded"].transpose(1, 2);                                 // (2, N, 4 + C)
        TensorAssert.Close(expected.narrow(2, 0, 4), predictions.Boxes, relative: 0, absolute: 2e-3);
        TensorAssert.Close(expected.narrow(2, 4, ClassCount), predictions.Scores, relative: 0, absolute: 4e-5);
    }

    [SharedTheory]
    [MemberData(nameof(Nano))]
    public void Layers_ReferenceWeights_GiveTheReferenceOutputsOneByOne(string name)
    {
        using var scope = NewDisposeScope();
        using var noGradient = no_grad();
        using var network = Load(name);
        using var golden = JsonDocument.Parse(File.ReadAllBytes(SharedFolder.Path("golden", "network", $"{name}-layers.json")));
        network.eval();
        var outputs = new Dictionary<string, Tensor>();
        foreach (var (i, layer) in network.Layers.Take(network.Layers.Count - 1).Index())
            Watch(layer, output => outputs[$"{i}"] = output.DetachFromDisposeScope());

        network.Forward(Safetensors.Load(SharedFolder.Path("golden", "network", $"{name}-forward.safetensors"))["input"]);

        foreach (var expected in golden.RootElement.GetProperty("layers").EnumerateArray())
        {
            using var output = outputs[expected.GetProperty("layer").ToString()];
            var flat = output.reshape(-1);
            Assert.Equal(Numbers(expected, "shape"), output.shape.Select(size => (double)size));
            Assert.Equal(expected.GetProperty("rms").GetDouble(), flat.square().mean().sqrt().item<float>(), 1e-4);
            Assert.All(Numbers(expected, "first").Zip(flat.narrow(0, 0, 4).data<float>().ToArray()), pair => Assert.Equal(pair.First, pair.Second, 2e-4));
            Assert.All(Numbers(expected, "last").Zip(flat.narrow(0, flat.numel() - 4, 4).data<float>().ToArray()), pair => Assert.Equal(pair.First, pair.Second, 2e-4));
        }
    }

    [SharedTheory]
    [MemberData(nameof(Nano))]
    public void Backward_ReferenceWeightsAndTargets_GivesTheReferenceLossGradientsAndStatistics(string name)
    {
        using var scope = NewDisposeScope();
        using var network = Load(name);
        using var golden = JsonDocument.Parse(File.ReadAllBytes(SharedFolder.Path("golden", "network", $"{name}-train-step.json")));
        var (root, expected) = (golden.RootElement, golden.RootElement.GetProperty("expected"));
        using var loss = new YoloV8Loss(network.Strides, ClassCount);
        var targets = stack(root.GetProperty("targets").EnumerateArray().Select(row => tensor(row.EnumerateArray().Select(number => number.GetSingle()).ToArray())));
        network.train();

        var maps = network.Forward(Safetensors.Load(SharedFolder.Path("golden", "network", $"{name}-forward.safetensors"))["input"]);
        var result = loss.Compute(maps, targets);
        result.Total.backward();

        AssertClose(expected.GetProperty("total").GetDouble(), result.Total.item<float>(), 2e-5);
        Assert.All(result.Terms.Values.Zip(Numbers(expected, "items")), pair => AssertClose(pair.Second, pair.First.item<float>(), 2e-5));
        Assert.Equal(expected.GetProperty("positives").GetInt32(), loss.BuildTargets(maps, targets).Count);
        AssertNorms(root.GetProperty("gradients"), network.named_parameters().Where(entry => entry.parameter.requires_grad).ToDictionary(entry => entry.name, entry => entry.parameter.grad!), expected.GetProperty("gradNorm").GetDouble());
        AssertNorms(root.GetProperty("running"), network.state_dict().Where(entry => entry.Key.Contains("running_", StringComparison.Ordinal)).ToDictionary(), expected: null);
    }

    [Theory]
    [InlineData("yolov8n", 3)]
    [InlineData("yolo11n", 80)]
    [InlineData("yolov5nu", 1)]
    public void Forward_ImagesOfAnyMultipleOfTheStride_GivesOneMapALayer(string name, int classCount)
    {
        using var scope = NewDisposeScope();
        using var network = YoloNetwork.Create(YoloArchitecture.Parse(name), classCount);

        var maps = network.Forward(zeros(2, 3, 96, 160));

        Assert.Equal([[2, 64 + classCount, 12, 20], [2, 64 + classCount, 6, 10], [2, 64 + classCount, 3, 5]], maps.Select(map => map.shape));
    }

    [Fact]
    public void Create_NewNetwork_ExpectsFewObjectsOfSmallSize()
    {
        using var scope = NewDisposeScope();
        using var network = YoloNetwork.Create(YoloArchitecture.V8Nano, classCount: 3);

        var state = network.state_dict();

        Assert.All(state["model.22.cv2.0.2.bias"].data<float>().ToArray(), bias => Assert.Equal(1, bias));
        Assert.All(state["model.22.cv3.1.2.bias"].data<float>().ToArray(), bias => Assert.Equal(Math.Log(5.0 / 3 / (40 * 40)), bias, 1e-5));
        Assert.Equal(Enumerable.Range(0, 16).Select(bin => (float)bin), state["model.22.dfl.conv.weight"].data<float>().ToArray());
    }

    [Fact]
    public void Create_NewNetwork_LearnsEverythingButTheBins()
    {
        using var network = YoloNetwork.Create(SmallArchitecture.Points, classCount: 3);

        Assert.Equal(["model.13.dfl.conv.weight"], network.named_parameters().Where(entry => !entry.parameter.requires_grad).Select(entry => entry.name));
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void Forward_SmallNetworks_GivesEveryLearnedParameterAGradient(bool isWide)
    {
        using var scope = NewDisposeScope();
        using var network = YoloNetwork.Create(isWide ? SmallArchitecture.WidePoints : SmallArchitecture.Points, classCount: 3);
        network.train();

        var maps = network.Forward(rand(2, 3, 64, 64));
        maps.Select(map => map.square().sum()).Aggregate((a, b) => a + b).backward();

        Assert.All(network.named_parameters().Where(entry => entry.parameter.requires_grad), entry => Assert.True(entry.parameter.grad is { } gradient && gradient.isfinite().all().item<bool>(), entry.name));
    }

    [Fact]
    public void Create_AnchorsForAHeadWithout_SaysSo()
    {
        using var scope = NewDisposeScope();

        var exception = Assert.Throws<ArgumentException>(() => YoloNetwork.Create(YoloArchitecture.V8Nano, 3, new AnchorSet(new float[,,] { { { 8, 8 } } })));

        Assert.Contains("yolov8n takes none", exception.Message, StringComparison.Ordinal);
    }

    /// <summary>The norm of every tensor, to 1e-3 of it and 1e-6 of that of all gradients together.</summary>
    private static void AssertNorms(JsonElement golden, Dictionary<string, Tensor> tensors, double? expected)
    {
        Assert.Equal(golden.EnumerateObject().Select(entry => entry.Name).Order(), tensors.Keys.Order());
        foreach (var entry in golden.EnumerateObject())
        {
            var norm = entry.Value[0].GetDouble();
            Assert.True(Math.Abs(norm - tensors[entry.Name].norm().item<float>()) <= (1e-3 * norm) + (1e-6 * (expected ?? 1)), $"{entry.Name}: expected {norm}, got {tensors[entry.Name].norm().item<float>()}");
        }
    }

    private static void AssertClose(double expected, double actual, double relative)
        => Assert.True(Math.Abs(expected - actual) <= relative * Math.Abs(expected), $"expected {expected:R}, got {actual:R}");

    private static YoloNetwork Load(string name)
    {
        var network = YoloNetwork.Create(YoloArchitecture.Parse(name), ClassCount);
        NetworkState.Load(network, Safetensors.Load(SharedFolder.Path("golden", "network", $"{name}-nc20-weights.safetensors")), name);
        return network;
    }

    private static void Watch(nn.Module layer, Action<Tensor> see)
    {
        if (layer is nn.Module<Tensor, Tensor> block)
            block.register_forward_hook((_, _, output) => { see(output.clone()); return output; });
        else
            ((nn.Module<Tensor[], Tensor>)layer).register_forward_hook((_, _, output) => { see(output.clone()); return output; });
    }

    private static double[] Numbers(JsonElement element, string name) => [.. element.GetProperty(name).EnumerateArray().Select(number => number.GetDouble())];
}
