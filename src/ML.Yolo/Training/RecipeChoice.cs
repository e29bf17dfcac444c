namespace ML.Yolo.Training;

/// <summary>The options of an optimisation that a recipe chooses, and why.</summary>
internal sealed record RecipeChoice
{
    /// <summary>The rule by which gradients change weights; never <see cref="OptimizerKind.Auto"/>.</summary>
    public required OptimizerKind Optimizer { get; init; }

    /// <summary>Learning rate after the warm-up.</summary>
    public required double LearningRate { get; init; }

    /// <summary>Momentum, or β₁ of Adam.</summary>
    public required double Momentum { get; init; }

    /// <summary>Images per step.</summary>
    public required int NominalBatchSize { get; init; }

    /// <summary>Epochs of warm-up.</summary>
    public required double WarmupEpochs { get; init; }

    /// <summary>Rate of the biases at the begin of the warm-up; null: what the optimiser usually gets.</summary>
    public double? WarmupBiasLearningRate { get; init; }

    /// <summary>Steps over which the decay of the averaged weights builds up.</summary>
    public required double EmaRampUpdates { get; init; }

    /// <summary>Epochs without mosaic at the end.</summary>
    public required int CloseMosaicEpochs { get; init; }

    /// <summary>The reason, as a sentence.</summary>
    public required string Reason { get; init; }

    /// <summary>Chooses by a recipe. The same run gets the same choice, always.</summary>
    public static RecipeChoice Of(Recipe recipe, RecipeRun run)
        => recipe == Recipe.Reference ? Reference(run, "The recipe of the reference was asked for.") : Auto(run);

    // The reference's automatic choice counts steps of at least 64 images, and takes SGD beyond ten thousand of them.
    private const long MaxShortSteps = 10_000;
    private const int ReferenceBatch = 64;

    // Steps of fewer images are noisy, and a few thousand steps are enough.
    private const int MinImagesPerStep = 16;
    private const double EnoughSteps = 2_000;

    // The reference's rate of AdamW; a head that knows nothing yet learns too little at what that gives for many classes.
    private const double MinNewHeadRate = 0.001;

    // The averaged weights look back over the last tenth of the run.
    private const double AveragedShare = 0.1;
    private const double MinAveragedSteps = 2;
    private const double ReferenceRamp = 2_000;

    // As the reference does for its networks without anchors, and not for those with them.
    private const int MaxClosedEpochs = 10;
    private const int MinEpochsPerClosed = 5;
    private const double MaxWarmupEpochs = 3;

    private static RecipeChoice Reference(RecipeRun run, string reason)
    {
        var choice = new RecipeChoice
        {
            Optimizer = run.Optimizer == OptimizerKind.Auto ? OptimizerKind.Sgd : run.Optimizer,
            LearningRate = 0.01,
            Momentum = 0.937,
            NominalBatchSize = run.NominalBatchSize ?? ReferenceBatch,
            WarmupEpochs = MaxWarmupEpochs,
            EmaRampUpdates = ReferenceRamp,
            CloseMosaicEpochs = run.HasAnchors ? 0 : MaxClosedEpochs,
            Reason = reason,
        };
        return run.HasAnchors || run.Optimizer != OptimizerKind.Auto ? choice : WithoutAnchors(run, choice);
    }

    /// <summary>The optimiser by the number of steps, as the reference of the networks without anchors chooses it.</summary>
    private static RecipeChoice WithoutAnchors(RecipeRun run, RecipeChoice choice)
    {
        var isLong = Steps(run, Math.Max(run.BatchSize, ReferenceBatch)) > MaxShortSteps;
        return choice with
        {
            Optimizer = isLong ? OptimizerKind.Sgd : OptimizerKind.AdamW,
            LearningRate = isLong ? choice.LearningRate : ReferenceAdamRate(run),
            Momentum = 0.9,
            WarmupBiasLearningRate = 0,
        };
    }

    private static RecipeChoice Auto(RecipeRun run)
    {
        var referenceBatch = Math.Max(run.BatchSize, ReferenceBatch);
        var referenceSteps = Steps(run, referenceBatch);
        var closed = run.HasAnchors ? 0 : Math.Min(MaxClosedEpochs, run.Epochs / MinEpochsPerClosed);
        if (referenceSteps > MaxShortSteps)
        {
            return Reference(run, FormattableString.Invariant($"The run is long: {referenceSteps} steps of {referenceBatch} images.")) with
            {
                CloseMosaicEpochs = closed,
            };
        }

        var optimizer = run.Optimizer == OptimizerKind.Auto ? OptimizerKind.AdamW : run.Optimizer;
        var nominal = run.NominalBatchSize ?? ImagesPerStep(run);
        var imagesPerStep = Math.Max(nominal, run.BatchSize);
        var steps = Steps(run, imagesPerStep);
        return new RecipeChoice
        {
            Optimizer = optimizer,
            LearningRate = optimizer == OptimizerKind.Sgd ? 0.01 : AdamRate(run),
            Momentum = optimizer == OptimizerKind.Sgd ? 0.937 : 0.9,
            NominalBatchSize = nominal,
            WarmupEpochs = Math.Min(MaxWarmupEpochs, run.Epochs / 10.0),
            EmaRampUpdates = Ramp(steps),
            CloseMosaicEpochs = closed,
            Reason = FormattableString.Invariant($"The run is short: {steps} steps of {imagesPerStep} images, over {run.ClassCount} classes, ")
                + (run.IsHeadNew ? "with a head that knows nothing yet." : "with a head that knows them."),
        };
    }

    private static long Steps(RecipeRun run, int imagesPerStep) => (run.Images + imagesPerStep - 1L) / imagesPerStep * run.Epochs;

    /// <summary>As few as give a few thousand steps: whole batches, no more than the reference takes.</summary>
    private static int ImagesPerStep(RecipeRun run)
    {
        var wanted = Math.Clamp((double)run.Images * run.Epochs / EnoughSteps, MinImagesPerStep, ReferenceBatch);
        var batches = Math.Max((long)(wanted / run.BatchSize), 1);
        return (int)(batches * run.BatchSize);
    }

    private static double AdamRate(RecipeRun run)
    {
        var rate = ReferenceAdamRate(run);
        return run.IsHeadNew ? Math.Max(rate, MinNewHeadRate) : rate;
    }

    private static double ReferenceAdamRate(RecipeRun run) => Math.Round(0.002 * 5 / (4 + run.ClassCount), 6);

    /// <summary>
    /// With decay 1 − e^(−n / ramp) after n steps the average looks back over e^(n / ramp) of them; at the end of the run that is to be a tenth of it.
    /// </summary>
    private static double Ramp(long steps)
        => Math.Clamp(Math.Round(steps / Math.Log(Math.Max(AveragedShare * steps, MinAveragedSteps))), 1, ReferenceRamp);
}
