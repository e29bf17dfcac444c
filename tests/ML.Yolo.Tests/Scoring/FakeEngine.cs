using ML.Yolo.Imaging;
using ML.Yolo.Scoring;

namespace ML.Yolo.Tests.Scoring;

/// <summary>An engine that hands each batch to a test instead of a network.</summary>
internal sealed class FakeEngine(Func<IReadOnlyList<LetterboxedImage>, NmsOptions, Detection[][]> detect) : IDetectionEngine
{
    public ScoringEngine Kind => ScoringEngine.LibTorch;

    public IReadOnlyList<(float Width, float Height)> Anchors => [];

    public Detection[][] Detect(IReadOnlyList<LetterboxedImage> images, NmsOptions options) => detect(images, options);

    public void Dispose()
    {
    }
}
