namespace ML.Yolo;

/// <summary>What happens when the loss, its gradients or the weights are not finite: nothing learned from there would count.</summary>
public enum NonFiniteLossHandling
{
    /// <summary>A <see cref="TrainingDivergedException"/> names epoch, batch and samples. Checkpoints stay as they were after the last epoch.</summary>
    Throw,

    /// <summary>Training ends with a warning, and the best weights so far are kept. It throws all the same where no epoch was complete.</summary>
    KeepBest,
}
