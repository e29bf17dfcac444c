namespace ML.Yolo;

/// <summary>Another process of a <see cref="Distribution"/> failed, or is missing. The message names its rank.</summary>
public sealed class DistributionException : InvalidOperationException
{
    /// <summary>An exception without a message of its own.</summary>
    public DistributionException()
    {
    }

    /// <summary>An exception that says which rank, and what it said.</summary>
    /// <param name="message">Which rank, and what it said.</param>
    public DistributionException(string message)
        : base(message)
    {
    }

    /// <summary>An exception that says which rank, and what it came from.</summary>
    /// <param name="message">Which rank, and what it said.</param>
    /// <param name="innerException">The cause.</param>
    public DistributionException(string message, Exception innerException)
        : base(message, innerException)
    {
    }
}
