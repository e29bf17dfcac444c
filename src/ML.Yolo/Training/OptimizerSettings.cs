namespace ML.Yolo.Training;

/// <summary>How gradients change weights in a run.</summary>
internal sealed record OptimizerSettings
{
    /// <summary>The rule.</summary>
    public required OptimizerKind Kind { get; init; }

    /// <summary>Learning rate after the warm-up, above 0.</summary>
    public required double LearningRate { get; init; }

    /// <summary>How the rate goes from epoch to epoch.</summary>
    public required LearningRateSchedule Schedule { get; init; }

    /// <summary>The rate at the end as a fraction of <see cref="LearningRate"/>, in [0, 1].</summary>
    public required double FinalFraction { get; init; }

    /// <summary>Momentum, or β₁ of Adam, in [0, 1).</summary>
    public required double Momentum { get; init; }

    /// <summary>Decay of the convolutions' weights, per step of a nominal batch.</summary>
    public required double WeightDecay { get; init; }

    /// <summary>Epochs of warm-up, as far as the run is long enough.</summary>
    public required double WarmupEpochs { get; init; }

    /// <summary>Momentum at the start of the warm-up, in [0, 1).</summary>
    public required double WarmupMomentum { get; init; }

    /// <summary>Learning rate of the biases at the start of the warm-up.</summary>
    public required double WarmupBiasLearningRate { get; init; }

    /// <summary>Gradients whose norm, all together, is larger are shortened to it; infinite where there is no limit.</summary>
    public required double MaxGradientNorm { get; init; }

    /// <summary>Images per batch.</summary>
    public required int BatchSize { get; init; }

    /// <summary>Images per step: gradients of smaller batches are added up until there are that many.</summary>
    public required int NominalBatchSize { get; init; }

    /// <summary>Epochs of the run.</summary>
    public required int EpochCount { get; init; }

    /// <summary>Batches whose gradients make a step after the warm-up, not rounded.</summary>
    public double BatchesPerStep => (double)NominalBatchSize / BatchSize;

    /// <summary>The decay is meant for steps of nominal batches: larger steps are fewer, and decay more each time.</summary>
    public double DecayPerStep => WeightDecay * BatchSize * Math.Max(Math.Round(BatchesPerStep), 1) / NominalBatchSize;
}
