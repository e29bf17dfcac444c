using ML.Yolo.Samples;
using ML.Yolo.Training;
using static TorchSharp.torch;

namespace ML.Yolo;

public sealed partial class YoloTrainer
{
    // The reference's; the steps of Adam and AdamW do not shrink with the gradients, and a high rate would throw their biases far off.
    private const double SgdWarmupBiasLearningRate = 0.1;

    private TrainingSettings Settings(int seed)
        => new(RunSettings(seed), OptimizerSettings(), new AveragingSettings(_options.EmaDecay, _options.EmaRampUpdates), ValidationSettings());

    private RunSettings RunSettings(int seed) => new()
    {
        EpochCount = _options.MaxEpoch,
        BatchSize = _options.BatchSize,
        ImageSize = _options.ImageSize,
        Seed = seed,
        DrawsByClass = _options.ImageWeights,
        Augmentation = _options.Augmentation,
        Precision = _options.Precision,
        FrozenLayers = _options.FreezeLayers,
        OnNonFiniteLoss = _options.OnNonFiniteLoss,
    };

    private OptimizerSettings OptimizerSettings() => new()
    {
        Kind = _options.Optimizer,
        LearningRate = _options.LearningRate,
        Schedule = _options.Schedule,
        FinalFraction = _options.FinalLearningRateFraction,
        Momentum = _options.Momentum,
        WeightDecay = _options.WeightDecay,
        WarmupEpochs = _options.WarmupEpochs,
        WarmupMomentum = _options.WarmupMomentum,
        WarmupBiasLearningRate = _options.WarmupBiasLearningRate ?? (_options.Optimizer == OptimizerKind.Sgd ? SgdWarmupBiasLearningRate : 0),
        MaxGradientNorm = _options.GradientClipNorm > 0 ? _options.GradientClipNorm : double.PositiveInfinity,
        BatchSize = _options.BatchSize,
        NominalBatchSize = _options.NominalBatchSize,
        EpochCount = _options.MaxEpoch,
    };

    private ValidationSettings ValidationSettings() => new(_options.ValidationInterval, _options.EarlyStoppingPatience);

    private Validator CreateValidator(TrainingSet set, IReadOnlyList<string> classNames, Device device) => new(set)
    {
        ClassNames = classNames,
        Input = _options.Input,
        Canvas = _options.Scoring.Canvas,
        BatchSize = _options.BatchSize,
        Device = device,
        IsCanceled = IsCanceled,
    };

    private RunFolder? OpenFolder(TrainingSet set, IReadOnlyList<string> classNames, int seed)
    {
        if (_options.CheckpointDirectory is not { } path)
            return null;
        var loss = _options.ChosenLoss.GetType().Name;
        return new RunFolder(path, TrainingIdentity.Of(set, classNames, DetectorManifest.ToJson(_options), loss, seed));
    }
}
