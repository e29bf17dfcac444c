namespace ML.Yolo.Training;

/// <summary>Where all learners of one batch agree: between backward and clip.</summary>
/// <remarks>
/// A learner is a copy of the network that sees its own share of every batch: a GPU of this machine, or a process of its own. Gradients are sums over
/// the batch, so those of the whole batch are the sum of the learners', as long as what a loss divides by is counted over the whole batch too
/// (<see cref="Sum"/>). Every learner makes the same calls in the same order. In one process one thread decides for all, and numbers need no exchange.
/// </remarks>
internal abstract class GradientExchange
{
    /// <summary>Gives every learner that steps the sum of all learners' gradients since the last step. Called before each step.</summary>
    /// <remarks>A parameter that took no part in a learner's loss has no gradient there, though it may have one elsewhere.</remarks>
    /// <param name="network">This process's network.</param>
    public abstract void SumGradients(YoloNetwork network);

    /// <summary>Moves all gradients since the last step to the first learner, and clears the others'. Called before they are saved.</summary>
    /// <param name="network">This process's network.</param>
    public abstract void CollectGradients(YoloNetwork network);

    /// <summary>Gives every learner the weights of the first. Called after each step, and after weights were loaded.</summary>
    /// <param name="network">This process's network.</param>
    public abstract void ShareWeights(YoloNetwork network);

    /// <summary>
    /// Gives all learners the same weights, averaged weights and norm statistics. Called before the first batch, and after each epoch, before it is validated.
    /// </summary>
    /// <param name="network">This process's network.</param>
    /// <param name="average">Its averaged network.</param>
    public virtual void Align(YoloNetwork network, YoloNetwork average)
    {
    }

    /// <summary>Whether processes share every batch, each with a loss of its own share.</summary>
    public virtual bool SharesBatches => false;

    /// <summary>Replaces numbers that each process knows its part of, such as counts of built targets, by their sums.</summary>
    public virtual void Sum(Span<double> numbers)
    {
    }

    /// <summary>The largest of the processes' numbers, the same for all.</summary>
    public virtual double Max(double number) => number;

    /// <summary>Whether any process says so: how all decide as one to stop.</summary>
    public bool Any(bool isSo) => Max(isSo ? 1 : 0) > 0;
}
