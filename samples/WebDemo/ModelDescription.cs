namespace WebDemo;

/// <summary>The model that serves now.</summary>
/// <param name="File">Name of its file.</param>
/// <param name="LoadedAt">When it began to serve.</param>
/// <param name="Architecture">Of the network.</param>
/// <param name="Engine">What runs it.</param>
/// <param name="ImageSize">Side of the square that images are scaled to fit, pixels.</param>
/// <param name="Classes">Names by class index.</param>
/// <param name="ScoreThreshold">Used where a request says nothing.</param>
/// <param name="IouThreshold">Used where a request says nothing.</param>
/// <param name="MaxDetections">Used where a request says nothing.</param>
/// <param name="MaxBodyBytes">Limit of a request.</param>
/// <param name="MaxPixels">Limit of an image.</param>
/// <param name="MaxParts">Images of a form.</param>
internal sealed record ModelDescription(
    string File,
    DateTimeOffset LoadedAt,
    string Architecture,
    string Engine,
    int ImageSize,
    IReadOnlyList<string> Classes,
    float ScoreThreshold,
    float IouThreshold,
    int MaxDetections,
    int MaxBodyBytes,
    long MaxPixels,
    int MaxParts)
{
    public static ModelDescription Of(ServedModel model, ModelSource source, WebDemoOptions options)
    {
        var detector = model.Detector;
        return new ModelDescription(
            Path.GetFileName(source.Path),
            model.LoadedAt,
            detector.Architecture.Name,
            detector.ScoringEngine.ToString(),
            detector.ImageSize,
            detector.ClassNames,
            detector.Scoring.ScoreThreshold,
            detector.Scoring.IouThreshold,
            detector.Scoring.MaxDetections,
            options.MaxBodyBytes,
            options.MaxPixels,
            options.MaxParts);
    }
}
