using Microsoft.ML;
using Microsoft.ML.Runtime;
using ML.Yolo.Persistence;
using ML.Yolo.Tests.Training;
using ML.Yolo.Weights;
using static TorchSharp.torch;

namespace ML.Yolo.Tests.Weights;

public sealed class WeightsOfOthersTests
{
    public static TheoryData<string> Small => ["yolov5n", "yolov5s", "yolov5n6", "yolov3-tiny", "yolov5nu", "yolov8n", "yolo11n", "yolo11s"];

    [Theory]
    [MemberData(nameof(Small))]
    public void Of_WeightsOfTheLibrarysArchitectures_NamesEach(string name)
    {
        using var scope = NewDisposeScope();
        using var network = YoloNetwork.Create(YoloArchitecture.Parse(name), classCount: 5);

        Assert.Equal(name, WeightsArchitecture.Of(network.state_dict())?.Name);
    }

    [Theory]
    [Trait("Category", "Long")]
    [InlineData("yolo11m")]
    [InlineData("yolo11l")]
    public void Of_ArchitecturesOfOneWidthAndTwoDepths_TellsThemApart(string name)
    {
        using var scope = NewDisposeScope();
        using var network = YoloNetwork.Create(YoloArchitecture.Parse(name), classCount: 5);

        Assert.Equal(name, WeightsArchitecture.Of(network.state_dict())?.Name);
    }

    [Theory]
    [InlineData("yolov5n", "module.")]
    [InlineData("yolov5n", "model.")]
    [InlineData("yolov5n", "module.model.")]
    [InlineData("yolo11n", "module.")]
    [InlineData("yolov8n", "model.")]
    public void Of_NamesBehindAWrappersPrefix_NamesTheArchitecture(string name, string prefix)
    {
        using var scope = NewDisposeScope();
        using var network = YoloNetwork.Create(YoloArchitecture.Parse(name), classCount: 5);
        var wrapped = network.state_dict().ToDictionary(entry => prefix + entry.Key, entry => entry.Value);

        Assert.Equal(name, WeightsArchitecture.Of(wrapped)?.Name);
    }

    [Fact]
    public void Of_NamesWithoutTheFirstPart_NamesTheArchitecture()
    {
        using var scope = NewDisposeScope();
        using var network = YoloNetwork.Create(YoloArchitecture.V5Nano, classCount: 5);
        var bare = network.state_dict().ToDictionary(entry => entry.Key["model.".Length..], entry => entry.Value);

        Assert.Equal("yolov5n", WeightsArchitecture.Of(bare)?.Name);
    }

    [Fact]
    [Trait("Category", "Long")]
    public void Of_TwoDepthsWithoutCounters_TellsThemApart()
    {
        using var scope = NewDisposeScope();
        using var network = YoloNetwork.Create(YoloArchitecture.V11Medium, classCount: 5);
        var saved = network.state_dict().Where(entry => !entry.Key.EndsWith("num_batches_tracked", StringComparison.Ordinal)).ToDictionary();

        Assert.Equal("yolo11m", WeightsArchitecture.Of(saved)?.Name);
    }

    [Fact]
    public void Of_ArchitectureOfAUser_IsNull()
    {
        using var scope = NewDisposeScope();
        using var network = YoloNetwork.Create(Networks.SmallArchitecture.EveryBlock, classCount: 5);

        Assert.Null(WeightsArchitecture.Of(network.state_dict()));
    }

    [Fact]
    public void Fit_WeightsAndNoArchitecture_TrainsTheNetworkOfTheWeights()
    {
        using var folder = new TemporaryFolder();
        SaveWeights(YoloArchitecture.V5uNano, folder.File("weights.safetensors"));
        var options = TinyRun.Options(epochs: 1);
        (options.Architecture, options.PretrainedWeights) = (null, folder.File("weights.safetensors"));

        using var model = TinyRun.Fit(new MLContext(seed: 1), options);

        Assert.Equal(YoloArchitecture.V5uNano, model.Architecture);
    }

    [Fact]
    public void Fit_WeightsOfAnotherArchitecture_SaysWhoseTheyAre()
    {
        using var folder = new TemporaryFolder();
        SaveWeights(YoloArchitecture.V5Small, folder.File("weights.safetensors"));
        var options = TinyRun.Options(epochs: 1);
        options.PretrainedWeights = folder.File("weights.safetensors");

        var exception = Assert.Throws<WeightsFormatException>(() => TinyRun.Fit(new MLContext(seed: 1), options));

        Assert.EndsWith("They are the weights of yolov5s; the network is yolov5n.", exception.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("<!DOCTYPE html><html><body>Not found</body></html>", "is an HTML page, not weights")]
    [InlineData("\n<html>", "is an HTML page, not weights")]
    [InlineData("version https://git-lfs.github.com/spec/v1\noid sha256:00\n", "is a Git LFS pointer, not weights")]
    public void Load_TextThatCameInsteadOfWeights_SaysWhatItIs(string text, string expected)
    {
        using var folder = new TemporaryFolder();
        File.WriteAllText(folder.File("yolov5n.pt"), text);

        var exception = Assert.Throws<WeightsFormatException>(() => WeightsFile.Load(folder.File("yolov5n.pt")));

        Assert.Contains($"yolov5n.pt' {expected}", exception.Message, StringComparison.Ordinal);
        Assert.Equal(exception.Message, Assert.Throws<WeightsFormatException>(() => YoloDetector.Load(folder.File("yolov5n.pt"))).Message);
    }

    [Fact]
    public void Fit_WeightsForOtherClasses_SayOneLineOfInformation()
    {
        using var folder = new TemporaryFolder();
        SaveWeights(YoloArchitecture.V5Nano, folder.File("weights.safetensors"));
        var (mlContext, lines) = (new MLContext(seed: 1), new List<(ChannelMessageKind Kind, string Text)>());
        mlContext.Log += (_, entry) => lines.Add((entry.Kind, entry.RawMessage));
        var options = TinyRun.Options(epochs: 1);
        options.PretrainedWeights = folder.File("weights.safetensors");

        using var model = TinyRun.Fit(mlContext, options);

        var line = Assert.Single(lines, line => line.Kind > ChannelMessageKind.Trace && line.Text.Contains("weights.safetensors", StringComparison.Ordinal));
        Assert.Equal(ChannelMessageKind.Info, line.Kind);
        Assert.EndsWith("the head for the 2 to be learned begins anew.", line.Text, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("yolov5n")]
    [InlineData("yolov8n")]
    public void LoadPretrained_ClassesInAnotherOrder_MovesTheRowsWithTheirNames(string architecture)
    {
        using var scope = NewDisposeScope();
        using var source = YoloNetwork.Create(YoloArchitecture.Parse(architecture), classCount: 3);
        using var target = YoloNetwork.Create(YoloArchitecture.Parse(architecture), classCount: 3);
        source.eval();
        target.eval();
        foreach (var parameter in source.parameters().Where(parameter => parameter.requires_grad))
            NoGradient(() => parameter.add_(rand_like(parameter) * 0.01));

        var classes = new ClassNameMatch(["a", "b", "c"], ["c", "a", "b"]);

        var loaded = NetworkState.LoadPretrained(target, source.state_dict(), "weights.pt", allowPartial: false, classes);

        Assert.False(loaded.IsHeadNew);
        var image = rand(1, 3, 64, 64);
        var (before, after) = (Scores(source, image), Scores(target, image));
        TensorAssert.Equal(before.index_select(-1, tensor(new long[] { 2, 0, 1 })), after);
    }

    [Fact]
    public void LoadPretrained_OneClassOfManyIsKnown_TakesItsRowAndDrawsTheOthers()
    {
        using var scope = NewDisposeScope();
        using var source = YoloNetwork.Create(YoloArchitecture.V8Nano, classCount: 4);
        using var target = YoloNetwork.Create(YoloArchitecture.V8Nano, classCount: 2);
        const string Name = "model.22.cv3.0.2.weight";
        var initial = target.state_dict()[Name].clone();

        var loaded = NetworkState.LoadPretrained(
            target, source.state_dict(), "weights.pt", allowPartial: false, new ClassNameMatch(["cat", "dog", "cow", "hen"], ["fox", "cow"]));

        Assert.True(loaded.IsHeadNew);
        Assert.Contains("of the 2 to be learned it knows 1 by name (cow)", loaded.Head, StringComparison.Ordinal);
        TensorAssert.Equal(initial[0], target.state_dict()[Name][0]);
        TensorAssert.Equal(source.state_dict()[Name][2], target.state_dict()[Name][1]);
    }

    [Fact]
    public void LoadPretrained_EqualNumberOfOtherClasses_TakesNoRowByItsNumber()
    {
        using var scope = NewDisposeScope();
        using var source = YoloNetwork.Create(YoloArchitecture.V5Nano, classCount: 2);
        using var target = YoloNetwork.Create(YoloArchitecture.V5Nano, classCount: 2);
        const string Name = "model.24.m.0.weight";
        var initial = target.state_dict()[Name].clone();

        var classes = new ClassNameMatch(["cat", "dog"], ["red", "blue"]);

        var loaded = NetworkState.LoadPretrained(target, source.state_dict(), "weights.pt", allowPartial: false, classes);

        Assert.True(loaded.IsHeadNew);
        TensorAssert.Equal(initial, target.state_dict()[Name]);
    }

    [SharedFact]
    public void Load_PickledModuleWhoseClassesAreNamedByTheirNumbers_TellsNoNames()
    {
        using var scope = NewDisposeScope();

        Assert.Null(WeightsFile.Load(SharedFolder.Path("weights", "yolov5n-module.pt")).ClassNames);
    }

    [Fact]
    public void LoadPretrained_SharedRowsKept_TakesBoxesAndObjectnessAndDrawsTheClasses()
    {
        using var scope = NewDisposeScope();
        using var source = YoloNetwork.Create(YoloArchitecture.V5Nano, classCount: 7);
        using var target = YoloNetwork.Create(YoloArchitecture.V5Nano, classCount: 2);
        const string Name = "model.24.m.1.weight";
        var initial = target.state_dict()[Name].clone().view(3, 7, -1);
        var classes = new ClassNameMatch(found: null, ["red", "blue"]);

        var loaded = NetworkState.LoadPretrained(target, source.state_dict(), "weights.pt", allowPartial: false, classes, keepsSharedRows: true);

        Assert.True(loaded.IsHeadNew);
        var (from, to) = (source.state_dict()[Name].view(3, 12, -1), target.state_dict()[Name].view(3, 7, -1));
        TensorAssert.Equal(from.narrow(1, 0, 5), to.narrow(1, 0, 5));
        TensorAssert.Equal(initial.narrow(1, 5, 2), to.narrow(1, 5, 2));
    }

    private static void NoGradient(Action action)
    {
        using var noGradient = no_grad();
        action();
    }

    private static Tensor Scores(YoloNetwork network, Tensor image)
    {
        using var noGradient = no_grad();
        return network.Head.CreateDecoder().Decode(network.call(image)).Scores;
    }

    private static void SaveWeights(YoloArchitecture architecture, string path)
    {
        using var scope = NewDisposeScope();
        using var network = YoloNetwork.Create(architecture, classCount: 7);
        Safetensors.Save(path, network.state_dict());
    }
}
