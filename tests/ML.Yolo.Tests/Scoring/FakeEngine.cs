using ML.Yolo.Boxes;
using ML.Yolo.Imaging;
using ML.Yolo.Networks;
using ML.Yolo.Scoring;

namespace ML.Yolo.Tests.Scoring;

/// <summary>An engine that hands each batch to a test instead of a network.</summary>
internal sealed class FakeEngine(Func<IReadOnlyList<LetterboxedImage>, NmsOptions, Detection[][]> detect) : IDetectionEngine
{
    public ScoringEngine Kind => ScoringEngine.LibTorch;

    public MapDecoder Decoder { get; }
        = new AnchorDecoder(YoloV5BoxCoding.Instance, YoloArchitecture.V5Nano.Anchors!, YoloArchitecture.V5Nano.Strides, classCount: 2);

    public Detection[][] Detect(IReadOnlyList<LetterboxedImage> images, NmsOptions options) => detect(images, options);

    public void Dispose()
    {
    }
}
