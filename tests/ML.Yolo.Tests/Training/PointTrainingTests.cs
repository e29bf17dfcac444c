using Microsoft.ML;
using ML.Yolo.Tests.Networks;
using static TorchSharp.torch;

namespace ML.Yolo.Tests.Training;

/// <summary>Detectors without anchors are trained, resumed, saved and loaded as those with anchors are.</summary>
public sealed class PointTrainingTests
{
    [Theory]
    [InlineData("yolov8n", "YoloV5LossOptions", "YoloV5", "YoloV8")]
    [InlineData("yolo11n", "YoloV3LossOptions", "YoloV3", "YoloV8")]
    [InlineData("yolov5n", "YoloV8LossOptions", "YoloV8", "YoloV5 or YoloV3")]
    public void Yolo_LossThatDoesNotFitTheArchitecture_IsRefusedByName(string architecture, string loss, string learned, string given)
    {
        var options = new YoloTrainer.Options
        {
            Architecture = YoloArchitecture.Parse(architecture),
            Loss = loss switch { "YoloV5LossOptions" => new YoloV5LossOptions(), "YoloV3LossOptions" => new YoloV3LossOptions(), _ => new YoloV8LossOptions() },
        };

        var exception = Assert.Throws<ArgumentException>(() => new MLContext().MulticlassClassification.Trainers.Yolo(options));

        Assert.Contains($"Loss is {loss}, which does not fit {architecture}: it learns boxes as {learned}, and the head gives them as {given}", exception.Message, StringComparison.Ordinal);
        Assert.Equal("Loss", exception.ParamName);
    }

    [Fact]
    public void ChosenLoss_NoneGiven_IsTheOneOfTheArchitecture()
    {
        Assert.Null(new YoloTrainer.Options().Loss);
        Assert.All(YoloArchitecture.All, architecture =>
        {
            var options = new YoloTrainer.Options { Architecture = architecture };
            options.Check();
            Assert.IsType(architecture.Anchors is null ? typeof(YoloV8LossOptions) : typeof(YoloV5LossOptions), options.ChosenLoss);
        });
    }

    [Fact]
    public void Fit_NoLossGiven_LowersTheLossOfTheArchitectureAndSavesItWhole()
    {
        var mlContext = new MLContext(seed: 1);
        using var folder = new TemporaryFolder();
        using var trained = TinyRun.Fit(mlContext, Run(epochs: 8));

        mlContext.Model.Save(trained, null, folder.File("model.zip"));
        using var loaded = (YoloTransformer)mlContext.Model.Load(folder.File("model.zip"), out _);

        var losses = trained.History!.Epochs.Select(epoch => epoch.Losses.Values.Sum()).ToList();
        Assert.True(losses[^1] < losses[0], string.Join(", ", losses));
        Assert.Equal(["box", "cls", "dfl"], trained.History.Epochs[0].Losses.Keys);
        Assert.IsType<YoloV8LossOptions>(loaded.Options.Loss);
        using var scope = NewDisposeScope();
        var images = rand(1, 3, 64, 64);
        Assert.All(trained.Network.Forward(images).Zip(loaded.Network.Forward(images)), maps => TensorAssert.Equal(maps.First, maps.Second));
    }

    [Fact]
    public void Fit_AveragedWeights_KeepTheBinsAsTheyAre()
    {
        using var scope = NewDisposeScope();
        using var trained = TinyRun.Fit(new MLContext(seed: 1), Run(epochs: 3));

        TensorAssert.Equal(arange(16, ScalarType.Float32), trained.Network.state_dict()["model.13.dfl.conv.weight"].view(-1));
    }

    [Fact]
    public void Resume_StoppedAfterTwoEpochs_GivesTheWeightsOfAnUninterruptedRun()
    {
        using var scope = NewDisposeScope();
        using var folder = new TemporaryFolder();
        using var whole = TinyRun.Fit(new MLContext(seed: 1), Run(epochs: 4));
        using var stop = new CancellationTokenSource();
        var options = Run(epochs: 4);
        options.CheckpointDirectory = folder.Path;
        options.CancellationToken = stop.Token;
        options.Progress = new Watch(progress =>
        {
            if (progress.IsEpochEnd && progress.Epoch == 2)
                stop.Cancel();
        });
        TinyRun.Fit(new MLContext(seed: 1), options).Dispose();
        (options.Resume, options.CancellationToken, options.Progress) = (true, CancellationToken.None, null);

        using var resumed = TinyRun.Fit(new MLContext(seed: 1), options);

        Assert.Equal(4, resumed.History!.Epochs.Count);
        Assert.All(whole.Network.state_dict(), entry => TensorAssert.Equal(entry.Value, resumed.Network.state_dict()[entry.Key]));
    }

    [Theory]
    [InlineData(OptimizerKind.Sgd)]
    [InlineData(OptimizerKind.AdamW)]
    public void Fit_EitherOptimizerInBFloat16WithFrozenLayers_LearnsTheRest(OptimizerKind optimizer)
    {
        using var scope = NewDisposeScope();
        var options = Run(epochs: 1);
        (options.Optimizer, options.Precision, options.FreezeLayers) = (optimizer, TrainingPrecision.BFloat16, 3);

        using var trained = TinyRun.Fit(new MLContext(seed: 1), options);

        Assert.All(trained.Network.state_dict().Values.Where(tensor => tensor.is_floating_point()), tensor => Assert.True(tensor.isfinite().all().item<bool>()));
    }

    private static YoloTrainer.Options Run(int epochs)
    {
        var options = TinyRun.Options(epochs);
        options.Architecture = SmallArchitecture.Points;
        options.Optimizer = OptimizerKind.Sgd;
        return options;
    }

    private sealed class Watch(Action<TrainingProgress> report) : IProgress<TrainingProgress>
    {
        public void Report(TrainingProgress value) => report(value);
    }
}
