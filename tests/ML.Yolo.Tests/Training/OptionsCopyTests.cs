using System.Reflection;
using Microsoft.ML;
using static TorchSharp.torch;

namespace ML.Yolo.Tests.Training;

/// <summary>What a caller does with its options after handing them over changes nothing.</summary>
public sealed class OptionsCopyTests
{
    [Fact]
    public void Copy_EveryPropertyThatCanChange_IsAnotherObject()
    {
        var options = new YoloTrainer.Options { DataParallelGpus = [0], Loss = new YoloV5LossOptions { LayerBalance = [1, 2, 3] } };

        var (shared, compared) = Shared(options, options.Copy(), "");

        Assert.Empty(shared);
        Assert.Equal([".Augmentation", ".ChosenLoss", ".ChosenLoss.LayerBalance", ".DataParallelGpus", ".Loss", ".Loss.LayerBalance", ".Scoring"], compared.Order());
    }

    [Fact]
    public void Fit_LossChangedAfterTheTrainerWasMade_LearnsWithTheLossAsItWas()
    {
        var mlContext = new MLContext(seed: 7);
        var data = SquareImages.AsView(mlContext, SquareImages.Draw(8));
        var loss = new YoloV5LossOptions { LayerBalance = [4, 1, 0.4f] };
        var options = TinyRun.Options(epochs: 1);
        options.Loss = loss;
        using var expected = new YoloTrainer(mlContext, options).Fit(data);
        var trainer = new YoloTrainer(new MLContext(seed: 7), options);

        (loss.BoxWeight, loss.LayerBalance[0]) = (5, 100);
        using var actual = trainer.Fit(data);

        TensorAssert.Equal(expected.Network.state_dict()["model.0.conv.weight"], actual.Network.state_dict()["model.0.conv.weight"]);
    }

    [Fact]
    public void Save_OptionsChangedAfterTraining_SavesThemAsTheyWere()
    {
        using var folder = new TemporaryFolder();
        var mlContext = new MLContext(seed: 7);
        var loss = new YoloV5LossOptions { BoxWeight = 0.07f };
        var options = TinyRun.Options(epochs: 1);
        options.Loss = loss;
        using var model = TinyRun.Fit(mlContext, options);

        (loss.BoxWeight, options.Scoring.ScoreThreshold, options.Augmentation.Rotation) = (5, 0.75f, 45);
        mlContext.Model.Save(model, null, folder.File("model.zip"));
        using var loaded = (YoloTransformer)mlContext.Model.Load(folder.File("model.zip"), out _);

        Assert.Equal(0.07f, Assert.IsType<YoloV5LossOptions>(loaded.Options.Loss).BoxWeight);
        Assert.Equal((0.0001f, 0), (loaded.Scoring.ScoreThreshold, loaded.Options.Augmentation.Rotation));
    }

    [Fact]
    public void Fit_Twice_GivesModelsThatShareNoScoringOptions()
    {
        var mlContext = new MLContext(seed: 7);
        var trainer = new YoloTrainer(mlContext, TinyRun.Options(epochs: 1));
        var data = SquareImages.AsView(mlContext, SquareImages.Draw(4));
        using var first = trainer.Fit(data);
        using var second = trainer.Fit(data);

        first.Scoring.ScoreThreshold = 0.9f;

        Assert.Equal(0.0001f, second.Scoring.ScoreThreshold);
    }

    [Fact]
    public void ToTransformer_SeveralTrainingDevices_ScoresOnTheFirst()
    {
        // "meta" holds shapes alone and is there on every machine: it stands for a GPU.
        using var network = YoloNetwork.Create(Networks.SmallArchitecture.EveryBlock, 2);
        var options = new YoloTrainer.Options { Architecture = Networks.SmallArchitecture.EveryBlock, ImageSize = 64 };

        using var model = YoloTrainer.ToTransformer(network, [new Device(TorchSharp.DeviceType.META), CPU], ["red", "blue"], options, history: null);

        Assert.Equal(TorchSharp.DeviceType.META, ((ML.Yolo.Scoring.TorchEngine)model.Engine).Device.type);
        Assert.All(model.Network.parameters(), parameter => Assert.Equal(TorchSharp.DeviceType.META, parameter.device_type));
    }

    /// <summary>Compares, property by property, the objects that can change: classes of the library with a setter, and arrays.</summary>
    private static (List<string> Shared, List<string> Compared) Shared(object original, object copy, string path)
    {
        var (shared, compared) = (new List<string>(), new List<string>());
        foreach (var property in original.GetType().GetProperties(BindingFlags.Public | BindingFlags.Instance))
        {
            var (before, after) = (property.GetValue(original), property.GetValue(copy));
            if (before is null || !CanChange(before.GetType()))
                continue;
            compared.Add($"{path}.{property.Name}");
            if (ReferenceEquals(before, after))
                shared.Add($"{path}.{property.Name}");
            if (before is Array)
                continue;
            var inner = Shared(before, after!, $"{path}.{property.Name}");
            shared.AddRange(inner.Shared);
            compared.AddRange(inner.Compared);
        }

        return (shared, compared);
    }

    private static bool CanChange(Type type)
        => type.IsArray || (IsClassOfOurs(type) && type.GetProperties().Any(property => property.SetMethod is { IsPublic: true }));

    private static bool IsClassOfOurs(Type type) => type.IsClass && type.Namespace!.StartsWith("ML.Yolo", StringComparison.Ordinal);
}
