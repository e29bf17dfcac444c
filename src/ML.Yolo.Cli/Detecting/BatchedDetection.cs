namespace ML.Yolo.Cli.Detecting;

/// <summary>Detects in many pictures, in batches; one that cannot be read costs no other.</summary>
internal sealed class BatchedDetection(YoloDetector detector)
{
    // Several batches of the network at a time, so that decoding runs ahead of it.
    private const int BatchesAtATime = 8;

    /// <summary>The pictures in their order, scored.</summary>
    public IEnumerable<ScoredImage> Score(IEnumerable<string> paths)
        => paths.Chunk(BatchesAtATime * detector.Scoring.BatchSize).SelectMany(ScoreTogether);

    private static bool IsBadPicture(Exception exception) => exception is FormatException or IOException or UnauthorizedAccessException or ArgumentException;

    private IReadOnlyList<ScoredImage> ScoreTogether(string[] paths)
    {
        try
        {
            return [.. detector.DetectMany(paths).Select((found, i) => new ScoredImage(paths[i], found, Problem: null))];
        }
        catch (Exception exception) when (IsBadPicture(exception))
        {
            return Array.ConvertAll(paths, ScoreAlone);
        }
    }

    private ScoredImage ScoreAlone(string path)
    {
        try
        {
            return new ScoredImage(path, detector.Detect(path), Problem: null);
        }
        catch (Exception exception) when (IsBadPicture(exception))
        {
            return new ScoredImage(path, Detections: null, exception);
        }
    }
}
