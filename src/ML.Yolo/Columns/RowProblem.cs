namespace ML.Yolo.Columns;

/// <summary>What is wrong with a row; whoever knows its number puts "Row 7" in front.</summary>
/// <param name="text">The rest of the sentence, with the space or comma that follows the number.</param>
/// <param name="cause">What it came from, if anything.</param>
internal sealed class RowProblem(string text, Exception? cause = null) : Exception(text, cause)
{
    /// <summary>A row has not as many values in a column as its labels ask for.</summary>
    public static RowProblem Count(int found, string column, int labels, string labelColumn, int each)
        => new($" has {found} numbers in '{column}' and {labels} labels in '{labelColumn}'; {each} per label were expected.");

    /// <summary>The message for people; a file of the set tells of itself.</summary>
    public static string Describe(Exception problem, long row)
        => FromFile(problem) is { } file ? file.Message : Find(problem) is { } own ? $"Row {row}{own.Message}" : $"Row {row}: {problem.Message}";

    /// <summary>The exception to throw.</summary>
    public static Exception ToThrow(Exception problem, Func<long> row)
    {
        if (FromFile(problem) is { } file)
            return file;
        return Find(problem) is { } own ? own.At(row()) : problem;
    }

    /// <summary>The exception for people; a file of the set tells of itself. Whoever reads on may know the row's number better.</summary>
    public FormatException At(long row) => FromFile(InnerException) ?? new FormatException($"Row {row}{Message}", this);

    private static RowProblem? Find(Exception? exception)
    {
        while (exception is not (null or RowProblem))
            exception = exception.InnerException;
        return exception as RowProblem;
    }

    /// <summary>ML.NET wraps what is thrown on its threads.</summary>
    private static DatasetFormatException? FromFile(Exception? exception)
    {
        while (exception is not (null or DatasetFormatException))
            exception = exception.InnerException;
        return exception as DatasetFormatException;
    }
}
