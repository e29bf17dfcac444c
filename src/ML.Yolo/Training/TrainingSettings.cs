namespace ML.Yolo.Training;

/// <summary>All settings of a run, each for those whom it concerns.</summary>
/// <param name="Run">What the run is.</param>
/// <param name="Optimizer">How gradients change weights.</param>
/// <param name="Averaging">How weights are averaged.</param>
/// <param name="Validation">When the averaged network is measured.</param>
internal sealed record TrainingSettings(RunSettings Run, OptimizerSettings Optimizer, AveragingSettings Averaging, ValidationSettings Validation);
