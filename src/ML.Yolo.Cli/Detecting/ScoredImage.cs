namespace ML.Yolo.Cli.Detecting;

/// <summary>A picture and what was found in it, or why it could not be read.</summary>
/// <param name="Path">As it was named.</param>
/// <param name="Detections">All that was found; null where it could not be read.</param>
/// <param name="Problem">Why it could not be read; null where it could.</param>
internal sealed record ScoredImage(string Path, ImageDetections? Detections, Exception? Problem);
