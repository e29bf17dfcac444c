using ML.Yolo.Training;

namespace ML.Yolo.Tests.Training;

public sealed class OptimizerScheduleTests
{
    private const double Rate = 0.1;

    private static OptimizerSettings Settings
        => TinySettings.Optimizer with { LearningRate = Rate, WarmupBiasLearningRate = 0.2, BatchSize = 16, NominalBatchSize = 64 };

    [Theory]
    [InlineData(0, 0, 0.2, 0.8, 1)]
    [InlineData(50, Rate / 2, 0.15, 0.85, 2)]
    [InlineData(100, Rate, Rate, 0.9, 4)]
    [InlineData(101, Rate, Rate, 0.9, 4)]
    public void At_BatchOfAWarmUpOfAHundred_RaisesRateMomentumAndLengthOfSteps(long batch, double rate, double biasRate, double momentum, int batches)
    {
        var schedule = new OptimizerSchedule(Settings with { WarmupEpochs = 2, Momentum = 0.9 }, batchesPerEpoch: 50);

        var step = schedule.At(epoch: 1, batch);

        Assert.Equal([rate, biasRate, momentum], [step.LearningRate, step.BiasLearningRate, step.Momentum], (a, b) => Math.Abs(a - b) < 1e-9);
        Assert.Equal(batches, step.Batches);
    }

    [Theory]
    [InlineData(39, Rate)]
    [InlineData(40, 0)]
    public void At_FirstBatch_IsWarmWhereTheRunHasFewerThanTenSteps(int epochs, double rate)
    {
        var schedule = new OptimizerSchedule(Settings with { EpochCount = epochs }, batchesPerEpoch: 1);

        Assert.Equal(rate, schedule.At(epoch: 1, batch: 0).LearningRate);
    }

    [Fact]
    public void At_WarmUpLongerThanTheRun_EndsInItsMiddle()
    {
        var schedule = new OptimizerSchedule(Settings with { EpochCount = 10, WarmupEpochs = 1e300 }, batchesPerEpoch: 10);

        Assert.Equal([4, 4], [schedule.At(epoch: 6, batch: 50).Batches, schedule.At(epoch: 10, batch: 99).Batches]);
        Assert.InRange(schedule.At(epoch: 5, batch: 49).Batches, 1, 4);
        Assert.Equal(0.98 * schedule.At(epoch: 5, batch: 50).LearningRate, schedule.At(epoch: 5, batch: 49).LearningRate, 1e-9);
    }
}
