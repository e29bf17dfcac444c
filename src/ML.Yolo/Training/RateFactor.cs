namespace ML.Yolo.Training;

/// <summary>The learning rate of an epoch as a fraction of the highest.</summary>
internal static class RateFactor
{
    private const double RiseShare = 0.25;
    private const double RiseStart = 1 / 25.0;

    /// <param name="schedule">The shape.</param>
    /// <param name="progress">Epochs done over epochs of the run, in [0, 1].</param>
    /// <param name="final">The fraction at the end.</param>
    public static double At(LearningRateSchedule schedule, double progress, double final) => schedule switch
    {
        LearningRateSchedule.Linear => Between(1, final, progress),
        LearningRateSchedule.Cosine => Between(1, final, HalfCosine(progress)),
        _ when progress < RiseShare => Between(RiseStart, 1, HalfCosine(progress / RiseShare)),
        _ => Between(1, final, HalfCosine((progress - RiseShare) / (1 - RiseShare))),
    };

    private static double Between(double from, double to, double share) => from + ((to - from) * share);

    private static double HalfCosine(double progress) => (1 - Math.Cos(Math.PI * progress)) / 2;
}
