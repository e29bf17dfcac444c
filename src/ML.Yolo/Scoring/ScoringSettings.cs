namespace ML.Yolo.Scoring;

/// <summary>The values of <see cref="ScoringOptions"/> at one moment.</summary>
/// <param name="Suppression">Which detections are reported.</param>
/// <param name="Canvas">What images are laid on.</param>
/// <param name="BatchSize">Rows scored at once.</param>
/// <param name="BadImageHandling">What to do where an image cannot be read.</param>
/// <param name="RecommendedThreshold">What training found best; null where it found nothing.</param>
internal sealed record ScoringSettings(
    NmsOptions Suppression, ScoringCanvas Canvas, int BatchSize, BadSampleHandling BadImageHandling, float? RecommendedThreshold = null);
