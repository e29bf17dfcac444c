namespace ML.Yolo.Tests.Training;

/// <summary>Hears of progress on the training thread.</summary>
internal sealed class Observer(Action<TrainingProgress> report) : IProgress<TrainingProgress>
{
    public void Report(TrainingProgress value) => report(value);
}
