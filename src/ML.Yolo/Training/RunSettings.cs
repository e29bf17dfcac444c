namespace ML.Yolo.Training;

/// <summary>What a run is: how long, over what, from which seed.</summary>
internal sealed record RunSettings
{
    /// <summary>Passes over the data, at least 1.</summary>
    public required int EpochCount { get; init; }

    /// <summary>Images per batch, at least 1.</summary>
    public required int BatchSize { get; init; }

    /// <summary>Side of the square canvas, pixels.</summary>
    public required int ImageSize { get; init; }

    /// <summary>Decides order, augmentation and sizes.</summary>
    public required int Seed { get; init; }

    /// <summary>Whether samples are drawn by how rare and how hard their classes are, instead of each once per epoch.</summary>
    public required bool DrawsByClass { get; init; }

    /// <summary>How images are varied.</summary>
    public required AugmentationOptions Augmentation { get; init; }

    /// <summary>Threads that paint batches, at least 1.</summary>
    public required int LoaderThreads { get; init; }

    /// <summary>What convolutions compute in.</summary>
    public required TrainingPrecision Precision { get; init; }

    /// <summary>First layers that do not learn.</summary>
    public required int FrozenLayers { get; init; }

    /// <summary>Whether the norms' statistics are averaged over processes that share every batch; else those of the first count.</summary>
    public bool AveragesNormStatistics { get; init; } = true;

    /// <summary>What happens when loss, gradients or weights are not finite.</summary>
    public required NonFiniteLossHandling OnNonFiniteLoss { get; init; }
}
