using ML.Yolo.Imaging;
using ML.Yolo.Networks;

namespace ML.Yolo.Scoring;

/// <summary>Runs a detector's network. What a transformer does beyond that touches no tensor, so that an engine may do without LibTorch.</summary>
internal interface IDetectionEngine : IDisposable
{
    /// <summary>Which engine it is.</summary>
    ScoringEngine Kind { get; }

    /// <summary>Reads the maps of the network.</summary>
    MapDecoder Decoder { get; }

    /// <summary>Whether it takes squares of the detector's image size alone.</summary>
    bool HasFixedCanvas => false;

    /// <summary>Pixels that it is fastest with at a time, all images of a batch together. What a CPU's caches hold; no limit elsewhere.</summary>
    long PixelsAtOnce => long.MaxValue;

    /// <summary>Batches it takes side by side, each on a thread of its own. One where a batch has all of the device.</summary>
    int Lanes => 1;

    /// <summary>Detects in one batch of letterboxed images.</summary>
    /// <returns>Per image, in pixels of the original, most confident first.</returns>
    Detection[][] Detect(IReadOnlyList<LetterboxedImage> images, NmsOptions options);

    /// <summary>The same on the calling thread alone, beside others: small networks are done sooner side by side than in turn on all threads.</summary>
    /// <inheritdoc cref="Detect"/>
    Detection[][] DetectInLane(IReadOnlyList<LetterboxedImage> images, NmsOptions options) => Detect(images, options);
}
