using ML.Yolo.Training;

namespace ML.Yolo.Tests.Training;

public sealed class RateFactorTests
{
    [Theory]
    [InlineData(LearningRateSchedule.Linear, 0, 1)]
    [InlineData(LearningRateSchedule.Linear, 0.5, 0.55)]
    [InlineData(LearningRateSchedule.Linear, 1, 0.1)]
    [InlineData(LearningRateSchedule.Cosine, 0, 1)]
    [InlineData(LearningRateSchedule.Cosine, 0.5, 0.55)]
    [InlineData(LearningRateSchedule.Cosine, 0.25, 0.8682)]
    [InlineData(LearningRateSchedule.Cosine, 1, 0.1)]
    [InlineData(LearningRateSchedule.OneCycle, 0, 0.04)]
    [InlineData(LearningRateSchedule.OneCycle, 0.25, 1)]
    [InlineData(LearningRateSchedule.OneCycle, 1, 0.1)]
    public void At_PointOfTheRun_IsTheFractionWorkedByHand(LearningRateSchedule schedule, double progress, double expected)
        => Assert.Equal(expected, RateFactor.At(schedule, progress, final: 0.1), 4);
}
