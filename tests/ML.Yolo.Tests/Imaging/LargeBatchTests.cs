using ML.Yolo.Imaging;
using ML.Yolo.Samples;
using ML.Yolo.Training;
using ML.Yolo.Training.Augmentation;

namespace ML.Yolo.Tests.Imaging;

/// <summary>Batches of more than two gigabytes.</summary>
public sealed class LargeBatchTests
{
    private const int Size = 8192;

    // Nine canvases of a quarter of a gigabyte.
    private const int Count = 9;

    private static readonly Letterbox Letterbox = Letterbox.Fit(Size, Size, Size, Size);

    [Fact]
    [Trait("Category", "Long")]
    public void Assemble_BatchLongerThanASpan_LaysTheLastImageToo()
    {
        var image = new ResizedImage(2, 2, [.. Enumerable.Repeat((byte)200, 16)]);
        var small = Letterbox.Fit(2, 2, Size, Size, scaleUp: false);

        using var batch = ImageBatch.Assemble([.. Enumerable.Repeat(new LetterboxedImage(image, small), Count)], Size, Size);

        Assert.Equal([200, 200], new[] { 0, Count - 1 }.Select(i => (int)batch[i, small.Top, small.Left, 0].item<byte>()));
        Assert.Equal(Letterbox.Gray, batch[Count - 1, Size - 1, Size - 1, 0].item<byte>());
    }

    [Fact]
    [Trait("Category", "Long")]
    public void Epoch_BatchLongerThanASpan_PaintsTheLastSampleToo()
    {
        var cache = new ImageCache(new MemoryBudget(1L << 30));
        var image = cache.Add(new ResizedImage(Size, Size, [.. Enumerable.Repeat((byte)200, Size * Size * ResizedImage.Channels)]));
        using var set = new TrainingSet([.. Enumerable.Repeat(new TrainingSample(image, Letterbox, [], []), Count)], cache);
        var loader = new BatchLoader(new Augmenter(set, AugmentationOptions.None, Size, seed: 1), batchSize: Count, Size, threads: 1);

        using var batch = Assert.Single(loader.Epoch(epoch: 1, [.. Enumerable.Range(0, Count)], isMosaicClosed: true));

        Assert.Equal([Count, Size, Size, ResizedImage.Channels], batch.Pixels.shape);
        Assert.Equal([200, 200], new[] { 0, Count - 1 }.Select(i => (int)batch.Pixels[i, Size - 1, Size - 1, 0].item<byte>()));
    }
}
