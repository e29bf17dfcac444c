using ML.Yolo.Weights;
using static TorchSharp.torch;

namespace ML.Yolo.Tests.Networks;

public sealed class YoloNetworkTests
{
    [SharedFact]
    public void Forward_ReferenceWeights_GivesTheReferenceMaps()
    {
        using var scope = NewDisposeScope();
        using var noGradient = no_grad();
        using var network = YoloNetwork.Create(YoloArchitecture.V5Nano, classCount: 80);
        var golden = Safetensors.Load(SharedFolder.Path("golden", "network", "yolov5n-forward.safetensors"));
        NetworkState.Load(network, Safetensors.Load(SharedFolder.Path("weights", "yolov5n.safetensors")), "yolov5n.safetensors");
        network.eval();

        var maps = network.Forward(golden["input"]);

        for (var i = 0; i < maps.Count; i++)
            TensorAssert.Close(golden[$"raw{i}"], maps[i], relative: 0, absolute: 1e-4);
    }

    [Theory]
    [InlineData(64, 64)]
    [InlineData(96, 160)]
    public void Forward_ImagesOfAnyMultipleOfTheStride_GivesOneMapALayer(int height, int width)
    {
        using var scope = NewDisposeScope();
        using var network = YoloNetwork.Create(YoloArchitecture.V5Nano, classCount: 3);

        var maps = network.Forward(zeros(2, 3, height, width));

        Assert.Equal([[2, 3, height / 8, width / 8, 8], [2, 3, height / 16, width / 16, 8], [2, 3, height / 32, width / 32, 8]], maps.Select(map => map.shape));
    }

    [Fact]
    public void Create_NewNetwork_ExpectsFewObjects()
    {
        using var scope = NewDisposeScope();
        using var network = YoloNetwork.Create(YoloArchitecture.V5Nano, classCount: 3);

        var bias = network.state_dict()["model.24.m.0.bias"].view(3, -1);

        Assert.All(bias.select(1, 4).data<float>().ToArray(), objectness => Assert.InRange(1 / (1 + Math.Exp(-objectness)), 0, 0.01));
    }

    [Fact]
    public void Create_AnchorsOfTwoLayers_SaysHowManyTheArchitectureTakes()
    {
        using var scope = NewDisposeScope();

        var exception = Assert.Throws<ArgumentException>(() => YoloNetwork.Create(YoloArchitecture.V5Nano, 3, new AnchorSet(new float[,,] { { { 8, 8 } }, { { 16, 16 } } })));

        Assert.Contains("for 2 layers of predictions; yolov5n takes 3", exception.Message, StringComparison.Ordinal);
    }
}
