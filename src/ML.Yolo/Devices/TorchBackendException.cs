namespace ML.Yolo;

/// <summary>LibTorch's native libraries could not be loaded. The message says what is missing and what to install.</summary>
public sealed class TorchBackendException : Exception
{
    /// <summary>An exception without a message of its own.</summary>
    public TorchBackendException()
    {
    }

    /// <summary>An exception that says what is missing.</summary>
    /// <param name="message">What is missing and what to install.</param>
    public TorchBackendException(string message)
        : base(message)
    {
    }

    /// <summary>What the loader tried and where, line by line, for a report of a fault; null where it was not the loader.</summary>
    public string? LoaderTrace { get; init; }

    /// <summary>An exception that says what is missing and what the loader said.</summary>
    /// <param name="message">What is missing and what to install.</param>
    /// <param name="innerException">The loader's own exception.</param>
    public TorchBackendException(string message, Exception innerException)
        : base(message, innerException)
    {
    }
}
