namespace ML.Yolo;

/// <summary>Where a training run stands: after each batch, and after each epoch once more with its validation.</summary>
public sealed record TrainingProgress
{
    /// <summary>The epoch, from 1 to <see cref="EpochCount"/>.</summary>
    public required int Epoch { get; init; }

    /// <summary>Epochs of the run.</summary>
    public required int EpochCount { get; init; }

    /// <summary>Batches of this epoch that are done, from 1 to <see cref="BatchCount"/>.</summary>
    public required int Batch { get; init; }

    /// <summary>Batches per epoch.</summary>
    public required int BatchCount { get; init; }

    /// <summary>Whether the epoch is over, its validation included.</summary>
    public required bool IsEpochEnd { get; init; }

    /// <summary>Mean of each weighted loss term over the epoch so far, by the names of <see cref="DetectionLossResult.Terms"/>.</summary>
    public required IReadOnlyDictionary<string, float> Losses { get; init; }

    /// <summary>The optimiser's learning rate for weights.</summary>
    public required double LearningRate { get; init; }

    /// <summary>Images trained on per second, over the epoch so far, validation not counted.</summary>
    public required double ImagesPerSecond { get; init; }

    /// <summary>Share of the epoch so far in which the network waited for batches, in [0, 1].</summary>
    public double LoaderWaitShare { get; init; }

    /// <summary>
    /// Share of the epoch so far spent in exchanges with other processes, waiting for them included, in [0, 1]; 0 without
    /// <see cref="YoloTrainer.Options.Distribution"/>.
    /// </summary>
    public double ExchangeShare { get; init; }

    /// <summary>Time since the first batch of the run; where it was resumed, without the pause between.</summary>
    public required TimeSpan Elapsed { get; init; }

    /// <summary>Mean of each weighted loss term on the validation set, at the end of an epoch that was validated; else null.</summary>
    public IReadOnlyDictionary<string, float>? ValidationLosses { get; init; }

    /// <summary>Metrics on the validation set, at the end of an epoch that was validated; else null.</summary>
    public DetectionMetrics? Validation { get; init; }
}
