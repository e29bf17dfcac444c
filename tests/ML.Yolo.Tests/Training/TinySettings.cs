using ML.Yolo.Training;

namespace ML.Yolo.Tests.Training;

/// <summary>Settings of runs that take a second or two.</summary>
internal static class TinySettings
{
    public static OptimizerSettings Optimizer => new()
    {
        Kind = OptimizerKind.Sgd,
        LearningRate = 0.01,
        Schedule = LearningRateSchedule.Linear,
        FinalFraction = 0.01,
        Momentum = 0.937,
        WeightDecay = 0.0005,
        WarmupEpochs = 3,
        WarmupMomentum = 0.8,
        WarmupBiasLearningRate = 0.1,
        MaxGradientNorm = 10,
        BatchSize = 4,
        NominalBatchSize = 4,
        EpochCount = 100,
    };

    public static AveragingSettings Averaging => new(Decay: 0.9999, RampUpdates: 2000);

    public static TrainingSettings Run(int epochs, ValidationSettings? validation = null) => new(
        new RunSettings
        {
            EpochCount = epochs,
            BatchSize = 4,
            ImageSize = 64,
            Seed = 1,
            DrawsByClass = false,
            Augmentation = AugmentationOptions.None,
            LoaderThreads = 1,
            Precision = TrainingPrecision.Full,
            FrozenLayers = 0,
            OnNonFiniteLoss = NonFiniteLossHandling.Throw,
        },
        Optimizer with { EpochCount = epochs },
        Averaging,
        validation ?? new ValidationSettings(Interval: 1, Patience: 0));
}
