using ML.Yolo.Persistence;
using ML.Yolo.Tests.Networks;
using ML.Yolo.Weights;
using static TorchSharp.torch;

namespace ML.Yolo.Tests.Weights;

/// <summary>The reference's weights in each of the formats they come in, through the network, against the reference's numbers.</summary>
public sealed class WeightsParityTests
{
    public static TheoryData<string> Files => ["yolov5n.safetensors", "yolov5n.pt", "yolov5n-module.pt"];

    [SharedTheory]
    [MemberData(nameof(Files))]
    public void Forward_ReferenceWeights_GivesTheReferenceMapsAndBoxes(string file)
    {
        using var scope = NewDisposeScope();
        using var noGradient = no_grad();
        using var network = YoloNetwork.Create(YoloArchitecture.V5Nano, classCount: 80);
        var golden = Safetensors.Load(SharedFolder.Path("golden", "network", "yolov5n-forward.safetensors"));
        NetworkState.Load(network, WeightsFile.Load(SharedFolder.Path("weights", file)).Tensors, file);
        network.eval();

        var maps = network.Forward(golden["input"]);
        var decoded = DecodedLayout.Decode(network, maps);

        for (var i = 0; i < maps.Count; i++)
            TensorAssert.Close(golden[$"raw{i}"], maps[i], relative: 0, absolute: 1e-4);
        TensorAssert.Close(golden["decoded"], decoded, relative: 1e-5, absolute: 1e-3);
    }

    [SharedTheory]
    [MemberData(nameof(Files))]
    public void Load_ReferenceWeights_HoldsTheSameValuesInEveryFormat(string file)
    {
        using var scope = NewDisposeScope();
        var expected = Safetensors.Load(SharedFolder.Path("weights", "yolov5n.safetensors"));

        var tensors = WeightsFile.Load(SharedFolder.Path("weights", file)).Tensors;

        Assert.Equal(expected.Keys.Order(), tensors.Keys.Order());
        Assert.All(expected, entry => TensorAssert.Equal(entry.Value.reshape(tensors[entry.Key].shape).to(ScalarType.Float64), tensors[entry.Key].to(ScalarType.Float64)));
        Assert.Equal(ScalarType.Float16, tensors["model.0.conv.weight"].dtype);
    }
}
