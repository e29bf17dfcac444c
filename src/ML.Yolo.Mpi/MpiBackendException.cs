namespace ML.Yolo;

/// <summary>MPI could not be used. The message says what is missing or of the wrong kind, and what to install.</summary>
public sealed class MpiBackendException : Exception
{
    /// <summary>An exception without a message of its own.</summary>
    public MpiBackendException()
    {
    }

    /// <summary>An exception that says what is missing.</summary>
    /// <param name="message">What is missing and what to install.</param>
    public MpiBackendException(string message)
        : base(message)
    {
    }

    /// <summary>An exception that says what is missing and what the loader said.</summary>
    /// <param name="message">What is missing and what to install.</param>
    /// <param name="innerException">The loader's own exception.</param>
    public MpiBackendException(string message, Exception innerException)
        : base(message, innerException)
    {
    }
}
