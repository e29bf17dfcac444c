using System.Diagnostics;
using Xunit.Abstractions;
using static TorchSharp.torch;

namespace ML.Yolo.Tests.Losses;

/// <summary>Memory of the loss of heads without anchors grows with the points within targets, not with images × targets × points.</summary>
public sealed class PointLossMemoryTests(ITestOutputHelper output)
{
    private const int Images = 64;
    private const int TargetsPerImage = 300;
    private const int ClassCount = 20;
    private const long Gigabyte = 1L << 30;

    [Theory]
    [InlineData(0.02f, 0.5f)]
    [InlineData(0.9f, 1f)]
    [Trait("Category", "Long")]
    public void Compute_CrowdedBatchOfLargeImages_StaysBelowAGigabyte(float minSize, float maxSize)
    {
        using var scope = NewDisposeScope();
        random.manual_seed(5);
        using var loss = new YoloV8Loss([8, 16, 32], ClassCount);
        Tensor[] maps = [.. new long[] { 80, 40, 20 }.Select(size => randn([Images, 64 + ClassCount, size, size]).requires_grad_())];
        var targets = Targets(minSize, maxSize);
        var before = WorkingSet();

        var peak = Watch(() =>
        {
            using var inner = NewDisposeScope();
            loss.Compute(maps, targets).Total.backward();
        });

        output.WriteLine($"{(peak - before) >> 20} MB above the {before >> 20} MB that were there");
        Assert.InRange(peak - before, 0, Gigabyte);
    }

    /// <summary>(64 · 300, 6).</summary>
    private static Tensor Targets(float minSize, float maxSize)
    {
        var count = Images * TargetsPerImage;
        var images = arange(Images, ScalarType.Float32).repeat_interleave(TargetsPerImage);
        var classes = arange(count, ScalarType.Float32).remainder(ClassCount);
        var sizes = (rand(count, 2) * (maxSize - minSize)) + minSize;
        return cat([stack([images, classes], 1), (rand(count, 2) * (1 - sizes)) + (sizes / 2), sizes], 1);
    }

    /// <summary>The largest working set while something runs.</summary>
    private static long Watch(Action action)
    {
        var (peak, isOver) = (0L, false);
        var watcher = new Thread(() =>
        {
            while (!Volatile.Read(ref isOver))
            {
                peak = Math.Max(peak, WorkingSet());
                Thread.Sleep(1);
            }
        });
        watcher.Start();
        action();
        Volatile.Write(ref isOver, true);
        watcher.Join();
        return peak;
    }

    private static long WorkingSet()
    {
        using var process = Process.GetCurrentProcess();
        return process.WorkingSet64;
    }
}
