using ML.Yolo.Imaging;
using ML.Yolo.Scoring;

namespace ML.Yolo.Tests.Scoring;

/// <summary>A detector whose network waits for a test before every batch, and finds three objects in each image.</summary>
internal sealed class GatedEngine : IDisposable
{
    private readonly SemaphoreSlim _begun = new(0);
    private readonly SemaphoreSlim _gate = new(0);
    private readonly YoloTransformer _transformer;

    public GatedEngine()
    {
        var options = new YoloTrainer.Options { ImageSize = 64, Scoring = new() { ScoreThreshold = 0.3f, IouThreshold = 0.5f, BatchSize = 8 } };
        _transformer = new YoloTransformer(new FakeEngine(Detect), ["red", "blue"], options);
        Detector = new YoloDetector(_transformer);
    }

    public YoloDetector Detector { get; }

    /// <summary>Sizes of the batches so far.</summary>
    public List<int> Batches { get; } = [];

    /// <summary>How each was to be suppressed.</summary>
    public List<NmsOptions> Suppressions { get; } = [];

    /// <summary>Thrown by the next batch.</summary>
    public Exception? Failure { get; set; }

    /// <summary>Waits until the network has a batch.</summary>
    public Task Begun() => _begun.WaitAsync();

    /// <summary>Lets batches through.</summary>
    public void Open(int batches = 1000) => _gate.Release(batches);

    public void Dispose()
    {
        _transformer.Dispose();
        _begun.Dispose();
        _gate.Dispose();
    }

    private Detection[][] Detect(IReadOnlyList<LetterboxedImage> images, NmsOptions options)
    {
        Batches.Add(images.Count);
        Suppressions.Add(options);
        _begun.Release();
        _gate.Wait();
        if (Failure is { } failure)
        {
            Failure = null;
            throw failure;
        }

        Detection[] found = [new(1, 2, 3, 4, 0.9f, 0), new(5, 6, 7, 8, 0.6f, 1), new(9, 10, 11, 12, 0.4f, 0)];
        return [.. images.Select(_ => found.Where(item => item.Score > options.ScoreThreshold).Take(options.MaxDetections).ToArray())];
    }
}
