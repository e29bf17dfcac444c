using Microsoft.ML;
using ML.Yolo.Interop;
using ML.Yolo.Tests.Networks;
using static TorchSharp.torch;

namespace ML.Yolo.Tests.Weights;

public sealed class LoadYoloTests
{
    private static readonly string[] Names = ["red", "blue"];

    private readonly MLContext _mlContext = new(seed: 1);

    [Fact]
    public void Fit_SavedWeights_DetectsWithoutLabelsOrTraining()
    {
        using var scope = NewDisposeScope();
        using var folder = new TemporaryFolder();
        var state = SaveSmallNetwork(folder.File("weights.safetensors"), classCount: 2);
        var data = _mlContext.Data.LoadFromEnumerable(SquareImages.Draw(2));

        using var transformer = Small(folder.File("weights.safetensors")).Fit(data);
        var scored = _mlContext.Data.CreateEnumerable<Scored>(transformer.Transform(data), reuseRowObject: false).ToList();

        Assert.All(state, entry => TensorAssert.Equal(entry.Value, transformer.Network.state_dict()[entry.Key]));
        Assert.Equal(Names, transformer.ClassNames);
        Assert.All(scored, row => Assert.Equal(4 * row.Score.Length, row.PredictedBoundingBoxes.Length));
        Assert.Contains(scored, row => row.Score.Length > 0);
    }

    [Fact]
    public void GetOutputSchema_ImageColumnAlone_PromisesWhatTransformGives()
    {
        using var scope = NewDisposeScope();
        using var folder = new TemporaryFolder();
        SaveSmallNetwork(folder.File("weights.safetensors"), classCount: 2);
        var data = _mlContext.Data.LoadFromEnumerable(SquareImages.Draw(1));
        var estimator = Small(folder.File("weights.safetensors"));

        var promised = estimator.GetOutputSchema(SchemaColumn.ShapeOf(data.Schema));
        using var transformer = estimator.Fit(data);

        Assert.Equal(promised.Select(column => column.Name).Order(), transformer.GetOutputSchema(data.Schema).Select(column => column.Name).Distinct().Order());
    }

    [Fact]
    public void Fit_OtherNumberOfClasses_SaysWhichTensorsDoNotFit()
    {
        using var scope = NewDisposeScope();
        using var folder = new TemporaryFolder();
        SaveSmallNetwork(folder.File("weights.safetensors"), classCount: 5);

        var exception = Assert.Throws<WeightsFormatException>(() => Small(folder.File("weights.safetensors")).Fit(_mlContext.Data.LoadFromEnumerable(SquareImages.Draw(1))));

        Assert.Contains("does not fit every-block with 2 classes in 4 tensors: model.15.m.0.weight has shape (20, 16, 1, 1) where (14, 16, 1, 1) was expected", exception.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Fit_TensorsTooMany_ArePassedOverWhereAllowed()
    {
        using var scope = NewDisposeScope();
        using var folder = new TemporaryFolder();
        SaveSmallNetwork(folder.File("weights.safetensors"), classCount: 2, extra: "model.15.unknown");
        var data = _mlContext.Data.LoadFromEnumerable(SquareImages.Draw(1));

        Assert.Throws<WeightsFormatException>(() => Small(folder.File("weights.safetensors")).Fit(data));
        using var transformer = Small(folder.File("weights.safetensors"), allowPartial: true).Fit(data);
    }

    [Fact]
    public void LoadYolo_NoClassNames_SaysSo()
    {
        var exception = Assert.Throws<ArgumentException>(() => _mlContext.Transforms.LoadYolo("weights.pt", YoloArchitecture.V5Nano, []));

        Assert.Contains("classNames holds no name", exception.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void SaveWeights_AnyDetector_WritesEveryTensorUnderItsNameInContiguousOrder()
    {
        using var scope = NewDisposeScope();
        using var folder = new TemporaryFolder();
        SaveSmallNetwork(folder.File("weights.safetensors"), classCount: 2);
        using var transformer = Small(folder.File("weights.safetensors")).Fit(_mlContext.Data.LoadFromEnumerable(SquareImages.Draw(1)));

        transformer.SaveWeights(folder.File("saved.safetensors"));
        var saved = Safetensors.Load(folder.File("saved.safetensors"));

        Assert.Equal(transformer.Network.state_dict().Keys, saved.Keys);
        Assert.All(transformer.Network.state_dict(), entry => TensorAssert.Equal(entry.Value, saved[entry.Key]));
        var header = File.ReadAllText(folder.File("saved.safetensors"));
        Assert.Contains("""{"__metadata__":{"format":"pt","architecture":"every-block","names":"[\u0022red\u0022,\u0022blue\u0022]",""", header, StringComparison.Ordinal);
        Assert.Contains("\"box_coding\":\"YoloV5\"}", header, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("yolov5n6", 1280)]
    [InlineData("yolov3-tiny", 640)]
    public void Fit_LargerAndOlderNetworks_DetectAtTheirSizes(string architecture, int imageSize) => DetectOneImage(architecture, imageSize);

    [Theory]
    [Trait("Category", "Long")]
    [InlineData("yolov3", 640)]
    [InlineData("yolov3-spp", 640)]
    [InlineData("yolov5x6", 1280)]
    public void Fit_LargestNetworks_DetectAtTheirSizes(string architecture, int imageSize) => DetectOneImage(architecture, imageSize);

    private void DetectOneImage(string architecture, int imageSize)
    {
        using var scope = NewDisposeScope();
        using var folder = new TemporaryFolder();
        using (var network = YoloNetwork.Create(YoloArchitecture.Parse(architecture), Names.Length))
            Safetensors.Save(folder.File("weights.safetensors"), network.state_dict());
        var data = _mlContext.Data.LoadFromEnumerable(SquareImages.Draw(1));
        var options = new YoloTrainer.Options { ImageSize = imageSize, Scoring = new() { ScoreThreshold = 0, MaxDetections = 5 } };

        using var transformer = _mlContext.Transforms.LoadYolo(folder.File("weights.safetensors"), YoloArchitecture.Parse(architecture), Names, options).Fit(data);
        var row = Assert.Single(_mlContext.Data.CreateEnumerable<Scored>(transformer.Transform(data), reuseRowObject: false));

        Assert.Equal(5, row.Score.Length);
    }

    private IEstimator<YoloTransformer> Small(string path, bool allowPartial = false)
        => _mlContext.Transforms.LoadYolo(path, SmallArchitecture.EveryBlock, Names, new YoloTrainer.Options { ImageSize = 64, Scoring = new() { ScoreThreshold = 0.0001f }, AllowPartialWeights = allowPartial });

    private static Dictionary<string, Tensor> SaveSmallNetwork(string path, int classCount, string? extra = null)
    {
        using var network = YoloNetwork.Create(SmallArchitecture.EveryBlock, classCount);
        var state = network.state_dict().ToDictionary(entry => entry.Key, entry => entry.Value.clone());
        if (extra is not null)
            state[extra] = ones(1);
        Safetensors.Save(path, state);
        return state;
    }

    private sealed class Scored
    {
        public float[] PredictedBoundingBoxes { get; set; } = [];

        public float[] Score { get; set; } = [];
    }
}
