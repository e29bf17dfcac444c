namespace ML.Yolo;

/// <summary>
/// A file of a data set is malformed, or does not fit the rest of the set. The message names file, line and field, what was found and what was expected.
/// </summary>
public sealed class DatasetFormatException : FormatException
{
    /// <summary>An exception without a message of its own.</summary>
    public DatasetFormatException()
    {
    }

    /// <summary>An exception that says what is wrong.</summary>
    /// <param name="message">What was found where, and what was expected.</param>
    public DatasetFormatException(string message)
        : base(message)
    {
    }

    /// <summary>An exception that says what is wrong and what it came from.</summary>
    /// <param name="message">What was found where, and what was expected.</param>
    /// <param name="innerException">The cause.</param>
    public DatasetFormatException(string message, Exception innerException)
        : base(message, innerException)
    {
    }

    /// <summary>An exception about one place of one file.</summary>
    /// <param name="filePath">The file.</param>
    /// <param name="line">Line, from 1; null where the file as a whole is meant.</param>
    /// <param name="problem">What was found and what was expected.</param>
    /// <param name="innerException">The cause, if any.</param>
    public DatasetFormatException(string filePath, int? line, string problem, Exception? innerException = null)
        : base(line is null ? $"'{filePath}': {problem}" : $"'{filePath}', line {line}: {problem}", innerException)
        => (FilePath, Line) = (filePath, line);

    /// <summary>The file.</summary>
    public string? FilePath { get; }

    /// <summary>Line of the file, from 1; null where the file as a whole is meant.</summary>
    public int? Line { get; }
}
