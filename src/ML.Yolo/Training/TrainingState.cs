namespace ML.Yolo.Training;

/// <summary>Where a run stands at the end of an epoch, beside its tensors.</summary>
internal sealed record TrainingState
{
    /// <summary>Epochs that are over.</summary>
    public int Epoch { get; init; }

    /// <summary>Fitness of the best validated epoch; null before the first.</summary>
    public double? BestFitness { get; init; }

    /// <summary>That epoch; 0 before the first.</summary>
    public int BestEpoch { get; init; }

    /// <summary>Average precision of each class at the last validation; empty before the first.</summary>
    public double[] ClassPrecisions { get; init; } = [];

    /// <summary>Batches begun.</summary>
    public long Batches { get; init; }

    /// <summary>Batches since the last step, whose gradients are kept.</summary>
    public int SinceStep { get; init; }

    /// <summary>Updates of the averaged weights.</summary>
    public long AverageUpdates { get; init; }
}
