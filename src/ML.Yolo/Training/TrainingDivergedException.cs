namespace ML.Yolo;

/// <summary>The loss, its gradients or the weights are no longer finite. The message names epoch, batch and samples.</summary>
public sealed class TrainingDivergedException : InvalidOperationException
{
    /// <summary>An exception without a message of its own.</summary>
    public TrainingDivergedException()
    {
    }

    /// <summary>An exception that says where it happened.</summary>
    /// <param name="message">Epoch, batch, samples, and what to try.</param>
    public TrainingDivergedException(string message)
        : base(message)
    {
    }

    /// <summary>An exception that says where it happened and what it came from.</summary>
    /// <param name="message">Epoch, batch, samples, and what to try.</param>
    /// <param name="innerException">The cause.</param>
    public TrainingDivergedException(string message, Exception innerException)
        : base(message, innerException)
    {
    }
}
