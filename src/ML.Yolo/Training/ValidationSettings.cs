namespace ML.Yolo.Training;

/// <summary>When the averaged network is measured, and what follows from it.</summary>
/// <param name="Interval">Epochs from one validation to the next, at least 1; the last epoch is always validated.</param>
/// <param name="Patience">Epochs without a better validation after which the run stops; 0 is never.</param>
internal sealed record ValidationSettings(int Interval, int Patience);
