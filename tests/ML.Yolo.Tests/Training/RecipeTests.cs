using Microsoft.ML;
using Microsoft.ML.Runtime;
using ML.Yolo.Training;

namespace ML.Yolo.Tests.Training;

public sealed class RecipeTests
{
    private readonly MLContext _mlContext = new(seed: 1);
    private readonly List<string> _lines = [];

    public RecipeTests() => _mlContext.Log += (_, entry) =>
    {
        if (entry.Kind == ChannelMessageKind.Info && entry.Source.StartsWith(nameof(YoloTrainer), StringComparison.Ordinal))
            _lines.Add(entry.RawMessage);
    };

    [Fact]
    public void Fit_NothingNamed_SaysWhatWasChosenAndWhyAndKeepsItInTheModel()
    {
        using var folder = new TemporaryFolder();
        using var model = TinyRun.Fit(_mlContext, Open());

        var line = Assert.Single(_lines, line => line.Contains("Chosen:", StringComparison.Ordinal));
        const string Reason = "The run is short: 2 steps of 16 images, over 2 classes, with a head that knows nothing yet. ";
        Assert.StartsWith($"{Reason}Chosen: Optimizer AdamW, LearningRate 0.001667,", line, StringComparison.Ordinal);
        _mlContext.Model.Save(model, null, folder.File("model.zip"));
        using var loaded = (YoloTransformer)_mlContext.Model.Load(folder.File("model.zip"), out _);
        var options = loaded.Options;
        Assert.Equal((Recipe.Auto, OptimizerKind.AdamW, 16), (options.Recipe, options.Optimizer, options.NominalBatchSize));
        Assert.Equal((0.001667, 0.9), (options.LearningRate, options.Momentum));
    }

    [Fact]
    public void Fit_OptionsNamed_AreNotChosen()
    {
        var options = Open();
        (options.Optimizer, options.LearningRate, options.Momentum, options.NominalBatchSize) = (OptimizerKind.Adam, 0.003, 0.8, 8);
        (options.WarmupEpochs, options.EmaRampUpdates, options.Augmentation.CloseMosaicEpochs) = (0.5, 7, 1);

        using var model = TinyRun.Fit(_mlContext, options);

        Assert.DoesNotContain(_lines, line => line.Contains("Chosen:", StringComparison.Ordinal));
        var used = model.Options;
        Assert.Equal((OptimizerKind.Adam, 0.003, 0.8, 8), (used.Optimizer, used.LearningRate, used.Momentum, used.NominalBatchSize));
        Assert.Equal((0.5, 7.0, 1), (used.WarmupEpochs, used.EmaRampUpdates, used.Augmentation.CloseMosaicEpochs));
    }

    [Fact]
    public void Fit_Reference_GivesTheWeightsOfItsOptionsNamedOneByOne()
    {
        var (reference, named) = (Open(), Open());
        reference.Recipe = Recipe.Reference;
        (named.Optimizer, named.LearningRate, named.Momentum, named.NominalBatchSize) = (OptimizerKind.Sgd, 0.01, 0.937, 64);
        (named.WarmupEpochs, named.EmaRampUpdates, named.Augmentation.CloseMosaicEpochs) = (3, 2000, 0);

        using var one = TinyRun.Fit(new MLContext(seed: 1), reference);
        using var other = TinyRun.Fit(new MLContext(seed: 1), named);

        Assert.All(one.Network.state_dict(), entry => TensorAssert.Equal(entry.Value, other.Network.state_dict()[entry.Key]));
    }

    [Fact]
    public void Resume_OtherLengthOfTheRun_KeepsWhatWasChosenBefore()
    {
        using var folder = new TemporaryFolder();
        var options = Open(epochs: 2);
        options.CheckpointDirectory = folder.Path;
        TinyRun.Fit(_mlContext, options).Dispose();
        (options.Resume, options.MaxEpoch) = (true, 20);
        var before = Checkpoint.ReadHeader(folder.File("last.safetensors")).Identity.Options;
        options.MaxEpoch = 3;

        using var model = TinyRun.Fit(_mlContext, options);

        Assert.Equal(before["EmaRampUpdates"]!.GetValue<double>(), model.Options.EmaRampUpdates);
        Assert.Equal(before["WarmupEpochs"]!.GetValue<double>(), model.Options.WarmupEpochs);
    }

    [Fact]
    public void Resume_CheckpointFromBeforeThereWereRecipes_GoesOnWithItsOptimizer()
    {
        using var folder = new TemporaryFolder();
        var options = TinyRun.Options(epochs: 1);
        options.CheckpointDirectory = folder.Path;
        TinyRun.Fit(_mlContext, options).Dispose();
        var (checkpoint, tensors) = Checkpoint.Load(folder.File("last.safetensors"));
        checkpoint.Identity.Options.Remove("Recipe");
        checkpoint.Save(folder.File("last.safetensors"), tensors);
        (options.Recipe, options.Resume, options.MaxEpoch) = (Recipe.Auto, true, 2);

        using var model = TinyRun.Fit(_mlContext, options);

        Assert.Equal((OptimizerKind.Sgd, 0.01, 0.937), (model.Options.Optimizer, model.Options.LearningRate, model.Options.Momentum));
        Assert.Equal(2, model.History!.Epochs.Count);
    }

    [Fact]
    public void Fit_TextLabels_LearnsTheWordsThatOccurInAlphabeticalOrder()
    {
        var data = _mlContext.Data.LoadFromEnumerable(SquareImages.Draw(8));

        using var model = _mlContext.MulticlassClassification.Trainers.Yolo(TinyRun.Options(epochs: 1)).Fit(data);

        Assert.Equal(["blue", "red"], model.ClassNames);
    }

    [Fact]
    public void Fit_TextLabelsOfALoader_LearnsItsClassesInItsOrderWithThoseThatHaveNoObject()
    {
        using var folder = new TemporaryFolder();
        var rows = SquareImages.Draw(4);
        File.WriteAllText(folder.File("data.yaml"), "train: images\nnames: [red, green, blue]\n");
        foreach (var name in new[] { "images", "labels" })
            Directory.CreateDirectory(folder.File(name));
        for (var i = 0; i < rows.Count; i++)
        {
            rows[i].Image.Save(folder.File("images", $"{i}.png"));
            File.WriteAllText(folder.File("labels", $"{i}.txt"), "2 0.5 0.5 0.5 0.5\n");
        }

        var data = _mlContext.Data.LoadFromYoloDataset(folder.Path);
        using var model = _mlContext.Transforms.LoadImages("Image", imageFolder: null, "ImagePath")
            .Append(_mlContext.MulticlassClassification.Trainers.Yolo(TinyRun.Options(epochs: 1))).Fit(data);

        Assert.Equal(["red", "green", "blue"], model.LastTransformer.ClassNames);
    }

    [Fact]
    public void FineTune_Weights_LeavesTheArchitectureToThem()
    {
        var options = YoloTrainer.Options.FineTune("some.pt", maxEpoch: 7);

        Assert.Equal(("some.pt", 7, null, Recipe.Auto), (options.PretrainedWeights, options.MaxEpoch, options.Architecture, options.Recipe));
    }

    [Fact]
    public void Scratch_Nothing_NamesTheSmallestNetwork()
        => Assert.Equal((YoloArchitecture.V5Nano, null), (YoloTrainer.Options.Scratch().Architecture, YoloTrainer.Options.Scratch().PretrainedWeights));

    private static YoloTrainer.Options Open(int epochs = 2)
        => new() { ImageSize = 64, MaxEpoch = epochs, BatchSize = 4, Augmentation = new() { MosaicProbability = 0, Translation = 0, ScaleGain = 0 } };
}
