using Microsoft.ML;
using ML.Yolo.Imaging;

namespace ML.Yolo.Scoring;

/// <summary>Runs a detector, and knows how it is kept in a model zip. What a transformer does beyond that touches no tensor, so that an engine may do without LibTorch.</summary>
internal interface IDetectionEngine : IDisposable
{
    /// <summary>Which engine it is.</summary>
    ScoringEngine Kind { get; }

    /// <summary>Detects in one batch of letterboxed images.</summary>
    /// <returns>Per image, in pixels of the original, most confident first.</returns>
    Detection[][] Detect(IReadOnlyList<LetterboxedImage> images, NmsOptions options);

    /// <summary>Writes the transformer it belongs to.</summary>
    void Save(YoloTransformer transformer, ModelSaveContext context);
}
