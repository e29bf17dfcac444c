namespace ML.Yolo.Datasets;

/// <summary>What is known to be wrong with labels before any row is read.</summary>
/// <param name="Image">Index of the image; −1 for labels that belong to none.</param>
/// <param name="FilePath">The file.</param>
/// <param name="Line">Line of the file.</param>
/// <param name="Problem">What was found and what was expected.</param>
internal readonly record struct DatasetFault(int Image, string FilePath, int Line, string Problem)
{
    /// <summary>The exception that tells.</summary>
    public DatasetFormatException ToException() => new(FilePath, Line, Problem);
}
