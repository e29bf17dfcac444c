namespace ML.Yolo.Columns;

/// <summary>What is wrong with a row; whoever knows its number puts "Row 7" in front.</summary>
internal sealed class RowProblem(string text, Exception? cause = null) : Exception(text, cause)
{
    /// <summary>The message for people; a file of the set tells of itself.</summary>
    public static string Describe(Exception problem, long row)
        => FromFile(problem) is { } file ? file.Message : problem is RowProblem ? $"Row {row}{problem.Message}" : $"Row {row}: {problem.Message}";

    /// <summary>The exception to throw.</summary>
    public static Exception ToThrow(Exception problem, Func<long> row)
    {
        if (FromFile(problem) is { } file)
            return file;
        return problem is RowProblem ? new FormatException(Describe(problem, row()), problem.InnerException) : problem;
    }

    /// <summary>ML.NET wraps what is thrown on its threads.</summary>
    private static DatasetFormatException? FromFile(Exception? exception)
    {
        while (exception is not (null or DatasetFormatException))
            exception = exception.InnerException;
        return exception as DatasetFormatException;
    }
}
