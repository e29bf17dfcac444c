using Microsoft.ML;
using ML.Yolo.Persistence;
using ML.Yolo.Tests.Networks;
using ML.Yolo.Tests.Onnx;
using ML.Yolo.Weights;
using static TorchSharp.torch;

namespace ML.Yolo.Tests.Weights;

/// <summary>Weights of networks without anchors, in every format, and those of another number of classes.</summary>
public sealed class PointWeightsTests
{
    private const string Bins = "model.13.dfl.conv.weight";

    [Theory]
    [InlineData("weights.safetensors")]
    [InlineData("state.pt")]
    [InlineData("module.pt")]
    [InlineData("half.pt")]
    [InlineData("model.zip")]
    public void Load_EveryFormat_GivesTheNetworkTheSameWeights(string file)
    {
        using var scope = NewDisposeScope();
        using var folder = new TemporaryFolder();
        using var detector = RandomDetector.Create(SmallArchitecture.Points);
        Save(detector, folder.File(file));
        using var network = YoloNetwork.Create(SmallArchitecture.Points, classCount: 3);

        var left = NetworkState.LoadPretrained(network, WeightsFile.Load(folder.File(file)).Tensors, file, allowPartial: false, Unnamed(3));

        Assert.Empty(left.LeftOut);
        Assert.All(network.state_dict(), entry => TensorAssert.Close(detector.Network.state_dict()[entry.Key], entry.Value, relative: file == "half.pt" ? 1e-3 : 0, absolute: file == "half.pt" ? 1e-6 : 0));
    }

    [Fact]
    public void SaveWeights_PointHead_WritesTheBinsToo()
    {
        using var scope = NewDisposeScope();
        using var folder = new TemporaryFolder();
        using var detector = RandomDetector.Create(SmallArchitecture.Points);

        detector.SaveWeights(folder.File("weights.safetensors"));

        var saved = Safetensors.Load(folder.File("weights.safetensors"));
        Assert.Equal(detector.Network.state_dict().Keys.Order(), saved.Keys.Order());
        TensorAssert.Equal(arange(16, ScalarType.Float32).view(1, 16, 1, 1), saved[Bins]);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void Load_OtherBins_SaysThatTheyNeverChange(bool isPretraining)
    {
        using var scope = NewDisposeScope();
        using var network = YoloNetwork.Create(SmallArchitecture.Points, classCount: 3);
        var state = network.state_dict().ToDictionary(entry => entry.Key, entry => entry.Value.clone());
        state[Bins] = state[Bins] + 1;

        var exception = Assert.Throws<WeightsFormatException>(() =>
        {
            if (isPretraining)
                NetworkState.LoadPretrained(network, state, "odd.pt", allowPartial: false, Unnamed(3));
            else
                NetworkState.Load(network, state, "odd.pt");
        });

        Assert.Contains("model.13.dfl.conv.weight holds other values than the head's own, which never change", exception.Message, StringComparison.Ordinal);
        TensorAssert.Equal(arange(16, ScalarType.Float32), network.state_dict()[Bins].view(-1));
    }

    [Fact]
    public void Load_WithoutBins_TakesTheRest()
    {
        using var scope = NewDisposeScope();
        using var detector = RandomDetector.Create(SmallArchitecture.Points);
        using var network = YoloNetwork.Create(SmallArchitecture.Points, classCount: 3);

        NetworkState.Load(network, detector.Network.state_dict().Where(entry => entry.Key != Bins).ToDictionary(), "fused.pt");

        Assert.All(network.state_dict(), entry => TensorAssert.Equal(detector.Network.state_dict()[entry.Key], entry.Value));
    }

    [Theory]
    [InlineData("yolov8n", 22, 36)]
    [InlineData("yolo11n", 23, 51)]
    [InlineData("yolov5nu", 24, 36)]
    public void LoadPretrained_NanoOfEightyClasses_KeepsTheClassTowersAndTakesTheRest(string name, int head, int towers)
    {
        using var scope = NewDisposeScope();
        using var eighty = YoloNetwork.Create(YoloArchitecture.Parse(name), classCount: 80);
        using var three = YoloNetwork.Create(YoloArchitecture.Parse(name), classCount: 3);
        var before = three.state_dict().ToDictionary(entry => entry.Key, entry => entry.Value.clone());

        var left = NetworkState.LoadPretrained(three, eighty.state_dict(), "coco.pt", allowPartial: false, Unnamed(3));

        Assert.Equal("'coco.pt' was trained on 80 other classes; the head for the 3 to be learned begins anew.", left.Head);
        var other = three.state_dict().Where(entry => !entry.Value.shape.SequenceEqual(eighty.state_dict()[entry.Key].shape)).ToList();
        Assert.All(other, entry => Assert.StartsWith($"model.{head}.cv3.", entry.Key, StringComparison.Ordinal));
        Assert.Equal(towers, other.Count);
        Assert.All(other, entry => TensorAssert.Equal(before[entry.Key], entry.Value));
        Assert.All(three.state_dict().Except(other), entry => TensorAssert.Equal(eighty.state_dict()[entry.Key], entry.Value));
    }

    [Fact]
    public void LoadPretrained_SmallOfEightyClasses_KeepsTheLastConvolutionsAlone()
    {
        using var scope = NewDisposeScope();
        using var eighty = YoloNetwork.Create(YoloArchitecture.V8Small, classCount: 80);
        using var three = YoloNetwork.Create(YoloArchitecture.V8Small, classCount: 3);
        var before = three.state_dict().ToDictionary(entry => entry.Key, entry => entry.Value.clone());

        var left = NetworkState.LoadPretrained(three, eighty.state_dict(), "coco.pt", allowPartial: false, Unnamed(3));

        Assert.True(left.IsHeadNew);
        var names = Enumerable.Range(0, 3).SelectMany(layer => new[] { $"model.22.cv3.{layer}.2.weight", $"model.22.cv3.{layer}.2.bias" }).ToHashSet();
        Assert.All(names, name => TensorAssert.Equal(before[name], three.state_dict()[name]));
        Assert.All(three.state_dict().Where(entry => !names.Contains(entry.Key)), entry => TensorAssert.Equal(eighty.state_dict()[entry.Key], entry.Value));
    }

    [Fact]
    public void Load_WeightsOfEightyClasses_ListsWhatDoesNotFit()
    {
        using var scope = NewDisposeScope();
        using var eighty = YoloNetwork.Create(YoloArchitecture.V8Nano, classCount: 80);
        using var three = YoloNetwork.Create(YoloArchitecture.V8Nano, classCount: 3);

        var exception = Assert.Throws<WeightsFormatException>(() => NetworkState.Load(three, eighty.state_dict(), "coco.pt"));

        Assert.Contains("'coco.pt' does not fit yolov8n with 3 classes in 36 tensors: model.22.cv3.0.0.conv.weight has shape (80, 64, 3, 3) where (64, 64, 3, 3) was expected", exception.Message, StringComparison.Ordinal);
    }

    [SharedTheory]
    [InlineData("yolov8n")]
    [InlineData("yolo11n")]
    public void LoadYolo_ReferenceWeights_MakesADetectorWithoutNamingALoss(string name)
    {
        var mlContext = new MLContext();
        var weights = SharedFolder.Path("golden", "network", $"{name}-nc20-weights.safetensors");
        var images = SquareImages.AsView(mlContext, SquareImages.Draw(1));

        using var detector = mlContext.Transforms.LoadYolo(weights, YoloArchitecture.Parse(name), [.. Enumerable.Range(0, 20).Select(i => $"class {i}")]).Fit(images);

        Assert.IsType<YoloV8LossOptions>(detector.Options.Loss);
        Assert.Equal("YoloV8", detector.Network.Head.Settings.Coding.Name);
    }

    private static ClassNameMatch Unnamed(int classCount) => new(found: null, [.. Enumerable.Range(0, classCount).Select(i => $"class {i}")]);

    private static void Save(YoloTransformer detector, string path)
    {
        var state = detector.Network.state_dict();
        if (path.EndsWith(".zip", StringComparison.Ordinal))
            new MLContext().Model.Save(detector, null, path);
        else if (path.EndsWith("state.pt", StringComparison.Ordinal))
            File.WriteAllBytes(path, CheckpointBytes.Of(state));
        else if (path.EndsWith("module.pt", StringComparison.Ordinal))
            File.WriteAllBytes(path, ModuleBytes.Of(state));
        else if (path.EndsWith("half.pt", StringComparison.Ordinal))
            File.WriteAllBytes(path, ModuleBytes.Of(state.ToDictionary(entry => entry.Key, entry => entry.Value.is_floating_point() ? entry.Value.to(ScalarType.Float16) : entry.Value)));
        else
            detector.SaveWeights(path);
    }
}
