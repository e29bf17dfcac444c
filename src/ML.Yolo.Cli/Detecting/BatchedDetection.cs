namespace ML.Yolo.Cli.Detecting;

/// <summary>Detects in many pictures, in batches or each in tiles; one that cannot be read costs no other.</summary>
/// <param name="detector">What detects.</param>
/// <param name="tiling">Tiles of each picture; null: pictures as a whole.</param>
internal sealed class BatchedDetection(YoloDetector detector, Tiling? tiling)
{
    // Several batches of the network at a time, so that decoding runs ahead of it.
    private const int BatchesAtATime = 8;

    /// <summary>The pictures in their order, scored.</summary>
    public IEnumerable<ScoredImage> Score(IEnumerable<string> paths)
        => tiling is not null ? paths.Select(ScoreAlone) : paths.Chunk(BatchesAtATime * detector.Scoring.BatchSize).SelectMany(ScoreTogether);

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
            var detections = tiling is { } tiles ? detector.DetectTiled(path, tiles.Size, tiles.Overlap) : detector.Detect(path);
            return new ScoredImage(path, detections, Problem: null);
        }
        catch (Exception exception) when (IsBadPicture(exception))
        {
            return new ScoredImage(path, Detections: null, exception);
        }
    }
}
