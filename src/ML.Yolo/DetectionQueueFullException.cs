namespace ML.Yolo;

/// <summary>A <see cref="DetectionBatcher"/> has as many images waiting as it may have. Asking again a little later is the way out.</summary>
public sealed class DetectionQueueFullException : Exception
{
    /// <summary>An exception without a message of its own.</summary>
    public DetectionQueueFullException()
    {
    }

    /// <summary>An exception that says how many are waiting.</summary>
    /// <param name="message">How many are waiting.</param>
    public DetectionQueueFullException(string message)
        : base(message)
    {
    }

    /// <summary>An exception that says how many are waiting, and what it follows from.</summary>
    /// <param name="message">How many are waiting.</param>
    /// <param name="innerException">What it follows from.</param>
    public DetectionQueueFullException(string message, Exception innerException)
        : base(message, innerException)
    {
    }
}
