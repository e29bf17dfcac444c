namespace ML.Yolo;

/// <summary>A weights file or stream is damaged, truncated or of another format. The message names the source, what was found and what was expected.</summary>
public sealed class WeightsFormatException : FormatException
{
    /// <summary>An exception without a message of its own.</summary>
    public WeightsFormatException()
    {
    }

    /// <summary>An exception that says what is wrong.</summary>
    /// <param name="message">Source, what was found, what was expected.</param>
    public WeightsFormatException(string message)
        : base(message)
    {
    }

    /// <summary>An exception that says what is wrong and what it came from.</summary>
    /// <param name="message">Source, what was found, what was expected.</param>
    /// <param name="innerException">The cause.</param>
    public WeightsFormatException(string message, Exception innerException)
        : base(message, innerException)
    {
    }
}
