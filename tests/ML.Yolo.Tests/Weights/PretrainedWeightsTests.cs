using System.Globalization;
using Microsoft.ML;
using ML.Yolo.Persistence;
using ML.Yolo.Tests.Networks;
using ML.Yolo.Tests.Training;
using ML.Yolo.Weights;
using static TorchSharp.torch;

namespace ML.Yolo.Tests.Weights;

public sealed class PretrainedWeightsTests
{
    private const float Marked = 0.125f;

    [Theory]
    [InlineData("weights.safetensors")]
    [InlineData("weights.pt")]
    [InlineData("model.zip")]
    public void Load_EveryFormat_GivesTheNetworkTheSameWeights(string file)
    {
        var mlContext = new MLContext(seed: 1);
        using var scope = NewDisposeScope();
        using var folder = new TemporaryFolder();
        using var trained = TinyRun.Fit(mlContext, SmallRun());
        Save(mlContext, trained, folder.File(file));
        using var network = YoloNetwork.Create(SmallArchitecture.EveryBlock, trained.ClassNames.Count);

        var left = NetworkState.LoadPretrained(network, WeightsFile.Load(folder.File(file)).Tensors, file, allowPartial: false, Unnamed(2));

        Assert.Empty(left.LeftOut);
        Assert.False(left.IsHeadNew);
        Assert.All(network.state_dict(), entry => TensorAssert.Equal(trained.Network.state_dict()[entry.Key], entry.Value));
    }

    [Fact]
    public void Load_HeadOfAnotherClassCount_KeepsInitialHeadAndSaysSo()
    {
        using var scope = NewDisposeScope();
        using var network = YoloNetwork.Create(SmallArchitecture.EveryBlock, classCount: 3);
        var head = network.state_dict()["model.15.m.0.weight"].clone();

        var left = NetworkState.LoadPretrained(network, MarkedState(classCount: 7), "seven.pt", allowPartial: false, Unnamed(3));

        Assert.Equal("'seven.pt' was trained on 7 other classes; the head for the 3 to be learned begins anew.", left.Head);
        Assert.Empty(left.LeftOut);
        Assert.True(left.IsHeadNew);
        TensorAssert.Equal(head, network.state_dict()["model.15.m.0.weight"]);
        Assert.All(network.state_dict()["model.0.conv.weight"].reshape(-1).data<float>().ToArray(), value => Assert.Equal(Marked, value));
    }

    [Fact]
    public void Load_TensorsThatDoNotMatch_ListsThemAndCopiesNothing()
    {
        using var scope = NewDisposeScope();
        using var network = YoloNetwork.Create(SmallArchitecture.EveryBlock, classCount: 3);
        var before = network.state_dict()["model.0.conv.weight"].clone();

        var exception = Assert.Throws<WeightsFormatException>(() => NetworkState.LoadPretrained(network, Misfits(), "odd.pt", allowPartial: false, Unnamed(3)));

        Assert.Contains("'odd.pt' does not fit every-block with 3 classes in 3 tensors", exception.Message, StringComparison.Ordinal);
        Assert.Contains("model.0.bn.bias has shape (9) where (8) was expected", exception.Message, StringComparison.Ordinal);
        Assert.Contains("model.0.bn.weight is missing", exception.Message, StringComparison.Ordinal);
        Assert.Contains("model.99.bias is not part of it", exception.Message, StringComparison.Ordinal);
        TensorAssert.Equal(before, network.state_dict()["model.0.conv.weight"]);
    }

    [Fact]
    public void Load_PartialAllowed_CopiesWhatMatchesAndReportsTheRest()
    {
        using var scope = NewDisposeScope();
        using var network = YoloNetwork.Create(SmallArchitecture.EveryBlock, classCount: 3);

        var left = NetworkState.LoadPretrained(network, Misfits(), "odd.pt", allowPartial: true, Unnamed(3));

        Assert.Contains("in 3 tensors, which are left out", Assert.Single(left.LeftOut), StringComparison.Ordinal);
        Assert.Equal(Marked, network.state_dict()["model.0.conv.weight"].mean().item<float>());
    }

    [Fact]
    public void Load_NothingThatMatches_IsAnErrorEvenIfPartialIsAllowed()
    {
        using var scope = NewDisposeScope();
        using var network = YoloNetwork.Create(SmallArchitecture.EveryBlock, classCount: 3);

        var exception = Assert.Throws<WeightsFormatException>(() => NetworkState.LoadPretrained(network, new Dictionary<string, Tensor> { ["fc.weight"] = ones(1) }, "other.pt", allowPartial: true, Unnamed(3)));

        Assert.Contains("'other.pt' holds 1 tensors, none of which is one of every-block: fc.weight.", exception.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Fit_FrozenLayers_KeepTheirPretrainedWeightsAndNormStatistics()
    {
        var mlContext = new MLContext(seed: 1);
        using var scope = NewDisposeScope();
        using var folder = new TemporaryFolder();
        var saved = MarkedState(classCount: 5);
        Safetensors.Save(folder.File("weights.safetensors"), saved);
        var options = SmallRun();
        (options.PretrainedWeights, options.FreezeLayers) = (folder.File("weights.safetensors"), 3);

        using var trained = TinyRun.Fit(mlContext, options);

        var state = trained.Network.state_dict();
        Assert.All(state.Where(entry => entry.Key.Split('.')[1] is "0" or "2"), entry => TensorAssert.Equal(saved[entry.Key], entry.Value));
        Assert.All(state.Where(entry => entry.Key.StartsWith("model.3.", StringComparison.Ordinal) && entry.Value.dim() > 0), entry => Assert.False(entry.Value.eq(saved[entry.Key]).all().item<bool>(), entry.Key));
    }

    [SharedTheory]
    [InlineData("yolov5n.pt")]
    [InlineData("yolov5n-module.pt")]
    public void Fit_CheckpointOfEightyClasses_TrainsOnTwoAndKeepsTheFrozenBackbone(string file)
    {
        var mlContext = new MLContext(seed: 1);
        using var scope = NewDisposeScope();
        var options = TinyRun.Options(epochs: 1);
        (options.PretrainedWeights, options.FreezeLayers) = (SharedFolder.Path("weights", file), 10);

        using var trained = TinyRun.Fit(mlContext, options);

        var checkpoint = PyTorchCheckpoint.Load(SharedFolder.Path("weights", file));
        Assert.All(trained.Network.state_dict().Where(entry => int.Parse(entry.Key.Split('.')[1], CultureInfo.InvariantCulture) < 10), entry => TensorAssert.Equal(checkpoint[entry.Key].to(entry.Value.dtype), entry.Value));
        Assert.Equal([21, 64, 1, 1], trained.Network.state_dict()["model.24.m.0.weight"].shape);
    }

    [Fact]
    public void Fit_HeadOfAnotherClassCount_IsToldToTheLog()
    {
        var mlContext = new MLContext(seed: 1);
        var messages = new List<string>();
        mlContext.Log += (_, entry) => messages.Add(entry.Message);
        using var scope = NewDisposeScope();
        using var folder = new TemporaryFolder();
        Safetensors.Save(folder.File("weights.safetensors"), MarkedState(classCount: 5));
        var options = SmallRun();
        options.PretrainedWeights = folder.File("weights.safetensors");

        using var trained = TinyRun.Fit(mlContext, options);

        Assert.Contains(messages, message => message.Contains("was trained on 5 other classes; the head for the 2 to be learned begins anew.", StringComparison.Ordinal));
    }

    [Theory]
    [InlineData(-1)]
    [InlineData(16)]
    public void Options_FreezeLayersOutOfRange_SaysTheRange(int layers)
    {
        var options = SmallRun();
        options.FreezeLayers = layers;

        var exception = Assert.Throws<ArgumentOutOfRangeException>(() => new MLContext().MulticlassClassification.Trainers.Yolo(options));

        Assert.Contains($"FreezeLayers is {layers}; it must be from 0 to 15, since every-block has 16 layers", exception.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Load_ZipOfAnotherModel_SaysThatItHoldsNoDetector()
    {
        using var folder = new TemporaryFolder();
        var path = new ZipBytes().Add("Version.txt", "5.0"u8.ToArray()).Save(folder, "model.zip");

        var exception = Assert.Throws<WeightsFormatException>(() => WeightsFile.Load(path).Tensors);

        Assert.Contains("holds 0 entries named weights.safetensors", exception.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Fit_WeightsThatAreNotThere_NamesTheFile()
    {
        var options = SmallRun();
        options.PretrainedWeights = "nowhere.pt";

        var exception = Assert.Throws<FileNotFoundException>(() => TinyRun.Fit(new MLContext(seed: 1), options));

        Assert.Contains("nowhere.pt", exception.Message, StringComparison.Ordinal);
    }

    private static ClassNameMatch Unnamed(int classCount) => new(found: null, [.. Enumerable.Range(0, classCount).Select(i => $"class {i}")]);

    private static YoloTrainer.Options SmallRun()
    {
        var options = TinyRun.Options(epochs: 1);
        options.Architecture = SmallArchitecture.EveryBlock;
        return options;
    }

    private static void Save(MLContext mlContext, YoloTransformer trained, string path)
    {
        if (path.EndsWith(".zip", StringComparison.Ordinal))
            mlContext.Model.Save(trained, null, path);
        else if (path.EndsWith(".pt", StringComparison.Ordinal))
            File.WriteAllBytes(path, CheckpointBytes.Of(trained.Network.state_dict()));
        else
            trained.SaveWeights(path);
    }

    /// <summary>The state of a network whose every parameter is one number.</summary>
    private static Dictionary<string, Tensor> MarkedState(int classCount)
    {
        using var network = YoloNetwork.Create(SmallArchitecture.EveryBlock, classCount);
        return network.state_dict().ToDictionary(entry => entry.Key, entry => entry.Key.EndsWith("anchors", StringComparison.Ordinal) ? entry.Value.clone() : full_like(entry.Value, Marked));
    }

    private static Dictionary<string, Tensor> Misfits()
    {
        var state = MarkedState(classCount: 3);
        state.Remove("model.0.bn.weight");
        state["model.0.bn.bias"] = ones(9);
        state["model.99.bias"] = ones(1);
        return state;
    }
}
