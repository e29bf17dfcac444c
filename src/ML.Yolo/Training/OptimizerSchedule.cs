namespace ML.Yolo.Training;

/// <summary>Rates, momentum and length of steps over a run.</summary>
/// <remarks>
/// During warm-up rate and momentum rise linearly to their values while the biases' rate falls to it from a higher one, and gradients of ever more batches are
/// added up before a step, until there are as many as the nominal batch has.
/// </remarks>
internal sealed class OptimizerSchedule(OptimizerSettings settings, int batchesPerEpoch)
{
    // The reference's shortest warm-up, but no more than a fifth of a short run.
    private const long MinWarmupBatches = 100;
    private const long MinWarmupsPerRun = 5;

    // A run of fewer steps has none to spare for small rates: the first step of a warm-up has rate 0.
    private const double MinStepsToWarmUp = 10;

    private readonly long _warmupBatches = WarmupBatches(settings, batchesPerEpoch);

    /// <summary>What the optimiser does with a batch.</summary>
    /// <param name="epoch">Which epoch it belongs to, from 1.</param>
    /// <param name="batch">Its index in the run, from 0.</param>
    public OptimizerStep At(int epoch, long batch)
    {
        var warmth = batch >= _warmupBatches ? 1 : (double)batch / _warmupBatches;
        var rate = settings.LearningRate * RateFactor.At(settings.Schedule, (epoch - 1.0) / settings.EpochCount, settings.FinalFraction);
        return new OptimizerStep(
            Between(0, rate, warmth),
            Between(settings.WarmupBiasLearningRate, rate, warmth),
            Between(settings.WarmupMomentum, settings.Momentum, warmth),
            Math.Max((int)Math.Round(Between(1, settings.BatchesPerStep, warmth)), 1));
    }

    private static long WarmupBatches(OptimizerSettings settings, int batchesPerEpoch)
    {
        var all = (long)batchesPerEpoch * settings.EpochCount;
        if (settings.WarmupEpochs == 0 || all / Math.Max(settings.BatchesPerStep, 1) < MinStepsToWarmUp)
            return 0;
        var wanted = (long)Math.Round(settings.WarmupEpochs * batchesPerEpoch);
        return Math.Min(Math.Max(wanted, Math.Min(MinWarmupBatches, all / MinWarmupsPerRun)), all / 2);
    }

    private static double Between(double from, double to, double share) => from + ((to - from) * share);
}
