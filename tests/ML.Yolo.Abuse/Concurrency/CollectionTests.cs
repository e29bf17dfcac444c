using ML.Yolo.Tests.Training;
using ML.Yolo.Training.Augmentation;
using static TorchSharp.torch;

namespace ML.Yolo.Abuse.Concurrency;

/// <summary>What native code reads is held while it does: collections at any moment change nothing.</summary>
/// <remarks>
/// TorchSharp's own <c>(x + 1f) * 2.0</c>, <c>clamp</c> and <c>gt</c> in a loop beside such collections failed five times in twenty seconds: a number was
/// freed while LibTorch read it.
/// </remarks>
public sealed class CollectionTests
{
    private const int Size = 64;

    [Fact]
    public void Compute_GarbageIsCollectedMeanwhile_GivesTheSameTerms() => Compute(rounds: 40);

    [Fact]
    [Trait("Category", "Long")]
    public void Compute_GarbageIsCollectedForMinutes_GivesTheSameTerms() => Compute(rounds: 4_000);

    [Fact]
    public void Paint_EightThreadsAndCollections_GiveWhatOneAlonePaints() => Paint(rounds: 400);

    [Fact]
    [Trait("Category", "Long")]
    public void Paint_EightThreadsAndCollectionsForMinutes_GiveWhatOneAlonePaints() => Paint(rounds: 40_000);

    private static void Compute(int rounds)
    {
        using var scope = NewDisposeScope();
        var options = new YoloV5LossOptions { AutoBalance = true, FocalGamma = 1.5f, LabelSmoothing = 0.1f, UnassignedTargets = UnassignedTargets.Warn };
        var anchors = YoloArchitecture.V5Nano.Anchors!.InCells(YoloArchitecture.V5Nano.Strides);
        random.manual_seed(1);
        var maps = new long[] { 40, 20, 10 }.Select(side => randn([4, 3, side, side, 8])).ToArray();
        var points = new long[] { 40, 20, 10 }.Select(side => randn([4, 64 + 3, side, side])).ToArray();
        var targets = tensor(new float[] { 0, 1, .5f, .5f, .2f, .3f, 1, 0, .3f, .6f, .1f, .1f, 3, 2, .7f, .2f, .4f, .3f }).view(3, 6);
        var expected = (Anchors(), Points());

        using var collections = new Collections();
        for (var round = 0; round < rounds; round++)
            Assert.Equal(expected, (Anchors(), Points()));

        double Anchors()
        {
            using var loss = new YoloV5Loss(anchors, options);
            using var result = loss.Compute(maps, targets);
            return result.Total.item<float>();
        }

        double Points()
        {
            using var loss = new YoloV8Loss([8, 16, 32], 3, new YoloV8LossOptions { UnassignedTargets = UnassignedTargets.Warn });
            using var result = loss.Compute(points, targets);
            return result.Total.item<float>();
        }
    }

    private static void Paint(int rounds)
    {
        using var set = SquareSet.Draw(Size, (64, 48, new SceneBox(0, new Box(10, 8, 30, 28))), (48, 64, new SceneBox(1, new Box(4, 40, 24, 60))));
        var options = new AugmentationOptions { MixUpProbability = 0.5f, CopyPasteProbability = 0.5f, CutoutProbability = 0.5f };
        var augmenter = new Augmenter(set, options, Size, seed: 1);
        var alone = Enumerable.Range(0, 16).Select(epoch => Paint(augmenter, epoch)).ToList();

        using var collections = new Collections();
        Threads.Run(8, thread =>
        {
            for (var round = 0; round < rounds; round++)
            {
                var (pixels, boxes) = Paint(augmenter, (thread + round) % alone.Count);
                Assert.Equal(alone[(thread + round) % alone.Count].Pixels, pixels);
                Assert.Equal(alone[(thread + round) % alone.Count].Boxes, boxes);
            }
        });
    }

    private static (byte[] Pixels, List<SceneBox> Boxes) Paint(Augmenter augmenter, int epoch)
    {
        var pixels = new byte[augmenter.CanvasBytes];
        return (pixels, augmenter.Paint(epoch % 2, epoch, isMosaicClosed: false, pixels));
    }
}
