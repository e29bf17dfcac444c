using Microsoft.ML;

namespace ML.Yolo.Tests.Training;

public sealed class OptionLimitsTests
{
    private static readonly Dictionary<string, Action<YoloTrainer.Options>> AtTheLimit = new()
    {
        ["no momentum"] = options => options.Momentum = 0,
        ["no momentum in the warm-up either"] = options => (options.Momentum, options.WarmupMomentum, options.MaxEpoch) = (0, 0, 6),
        ["no momentum with Adam"] = options => (options.Momentum, options.Optimizer) = (0, OptimizerKind.Adam),
        ["no momentum with AdamW"] = options => (options.Momentum, options.Optimizer) = (0, OptimizerKind.AdamW),
        ["nearly all momentum with AdamW"] = options => (options.Momentum, options.Optimizer) = (1 - 1e-15, OptimizerKind.AdamW),
        ["smallest rate"] = options => options.LearningRate = double.Epsilon,
        ["largest decay"] = options => (options.WeightDecay, options.LearningRate, options.Optimizer) = (1e37, 1e-36, OptimizerKind.AdamW),
        ["largest clip norm"] = options => options.GradientClipNorm = float.MaxValue,
        ["smallest clip norm"] = options => options.GradientClipNorm = double.Epsilon,
        ["longest warm-up"] = options => options.WarmupEpochs = double.MaxValue,
        ["longest ramp"] = options => options.EmaRampUpdates = double.MaxValue,
        ["shortest ramp"] = options => options.EmaRampUpdates = double.Epsilon,
        ["no averaging"] = options => options.EmaDecay = 0,
        ["largest batch"] = options => options.BatchSize = int.MaxValue,
        ["largest nominal batch"] = options => options.NominalBatchSize = int.MaxValue,
        ["longest patience and interval"] = options => (options.EarlyStoppingPatience, options.ValidationInterval) = (int.MaxValue, int.MaxValue),
        ["rate down to nothing"] = options => options.FinalLearningRateFraction = 0,
        ["largest cache"] = options => options.ImageCacheMegabytes = int.MaxValue,
    };

    private static readonly Dictionary<string, (Action<YoloTrainer.Options> Set, string Message)> Beyond = new()
    {
        ["rate"] = (options => options.LearningRate = 1e308, "LearningRate is 1E+308; it must be so small that a step's factor is a number of single"),
        ["rate of the warm-up"] = (options => options.WarmupBiasLearningRate = 1e300, "WarmupBiasLearningRate is 1E+300; it must be so small"),
        ["rate with decay"] = (options => (options.LearningRate, options.WeightDecay) = (1e30, 1e10), "LearningRate is 1E+30; it must be so small"),
        ["decay"] = (options => options.WeightDecay = 1e300, "WeightDecay is 1E+300; it must be so small that times BatchSize"),
        ["clip norm"] = (options => options.GradientClipNorm = 1e39, "GradientClipNorm is 1E+39; it must be a number of single precision."),
        ["ramp"] = (options => options.EmaRampUpdates = double.PositiveInfinity, "EmaRampUpdates is Infinity; it must be a finite number above 0."),
        ["image size"] = (options => options.ImageSize = 23_200, "ImageSize is 23200; it must be at most 23170"),
        ["optimiser"] = (options => options.Optimizer = (OptimizerKind)7, "Optimizer is 7; it must be one of Sgd, Adam, AdamW, Auto."),
        ["schedule"] = (options => options.Schedule = (LearningRateSchedule)(-1), "Schedule is -1; it must be one of Linear, Cosine, OneCycle."),
        ["divergence"] = (options => options.OnNonFiniteLoss = (NonFiniteLossHandling)2, "OnNonFiniteLoss is 2; it must be one of Throw, KeepBest."),
        ["caching"] = (options => options.ImageCaching = (ImageCaching)9, "ImageCaching is 9; it must be one of "),
        ["bad samples"] = (options => options.BadSampleHandling = (BadSampleHandling)9, "BadSampleHandling is 9; it must be one of "),
        ["precision"] = (options => options.Precision = (TrainingPrecision)9, "Precision is 9; it must be one of Full, BFloat16."),
        ["box IoU"] = (options => options.Loss = new YoloV5LossOptions { BoxIou = (BoxIouKind)9 }, "BoxIou is 9; it must be one of "),
        ["smoothing"] = (
            options => options.Loss = new YoloV3LossOptions { LabelSmoothingRule = (LabelSmoothingRule)9 }, "LabelSmoothingRule is 9; it must be one of "),
        ["unassigned"] = (
            options => options.Loss = new YoloV5LossOptions { UnassignedTargets = (UnassignedTargets)9 }, "UnassignedTargets is 9; it must be one of "),
        ["balance"] = (
            options => options.Loss = new YoloV5LossOptions { LayerBalance = [1, 1] }, "LayerBalance holds 2 numbers; the network has 3 layers"),
    };

    public static TheoryData<string> NamesAtTheLimit => [.. AtTheLimit.Keys];

    public static TheoryData<string> NamesBeyond => [.. Beyond.Keys];

    [Theory]
    [MemberData(nameof(NamesAtTheLimit))]
    public void Fit_OptionAtTheLimitOfItsRange_TrainsSavesAndLoads(string name)
    {
        using var folder = new TemporaryFolder();
        var (mlContext, options) = (new MLContext(seed: 1), TinyRun.Options());
        AtTheLimit[name](options);

        using var model = TinyRun.Fit(mlContext, options);

        mlContext.Model.Save(model, null, folder.File("model.zip"));
        using var loaded = (YoloTransformer)mlContext.Model.Load(folder.File("model.zip"), out _);
        Assert.Equal(options.MaxEpoch, loaded.History!.Epochs.Count);
        Assert.All(loaded.Network.parameters(), parameter => Assert.True(parameter.isfinite().all().item<bool>()));
    }

    [Theory]
    [MemberData(nameof(NamesBeyond))]
    public void Yolo_OptionBeyondItsRange_SaysWhatIsExpected(string name)
    {
        var options = TinyRun.Options();
        Beyond[name].Set(options);

        var exception = Assert.ThrowsAny<ArgumentException>(() => new YoloTrainer(new MLContext(), options));

        Assert.StartsWith(Beyond[name].Message, exception.Message, StringComparison.Ordinal);
    }
}
