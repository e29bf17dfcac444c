namespace ML.Yolo.Training;

/// <summary>Why a run cannot go on: something is not finite.</summary>
/// <param name="What">What is not, and where, as a sentence without its full stop.</param>
/// <param name="Samples">Samples it came from; empty where they are not known.</param>
internal sealed record Divergence(string What, IReadOnlyList<int> Samples)
{
    /// <summary>The loss of a batch.</summary>
    /// <param name="place">The batch.</param>
    /// <param name="samples">Its samples.</param>
    public static Divergence OfLoss(BatchPlace place, IReadOnlyList<int> samples) => new($"The loss of {place} is not finite", samples);

    /// <summary>The gradients of the batches since the last step, the last of which is at hand. That batch's loss is finite.</summary>
    /// <inheritdoc cref="OfLoss"/>
    public static Divergence OfGradients(BatchPlace place, IReadOnlyList<int> samples)
        => new($"The norm of the gradients that were added up to {place} is not finite", samples);

    /// <summary>The averaged weights after an epoch.</summary>
    public static Divergence OfWeights(int epoch) => new($"The averaged weights after epoch {epoch} are not finite", []);

    /// <inheritdoc/>
    public override string ToString()
    {
        const string Advice = "Try a lower LearningRate or a longer warm-up";
        return Samples.Count == 0
            ? $"{What}. {Advice}."
            : $"{What}; its samples are rows {string.Join(", ", Samples)} of the training data. {Advice}, or look at those rows.";
    }
}
