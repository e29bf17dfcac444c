namespace ML.Yolo.Training;

/// <summary>What the optimiser does with a batch.</summary>
/// <param name="LearningRate">Rate of weights.</param>
/// <param name="BiasLearningRate">Rate of biases.</param>
/// <param name="Momentum">Momentum, or β₁ of Adam.</param>
/// <param name="Batches">Batches whose gradients are added up before a step, at least 1.</param>
internal readonly record struct OptimizerStep(double LearningRate, double BiasLearningRate, double Momentum, int Batches);
