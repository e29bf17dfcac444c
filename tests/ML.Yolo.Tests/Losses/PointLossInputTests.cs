using static TorchSharp.torch;

namespace ML.Yolo.Tests.Losses;

/// <summary>What the loss of heads without anchors says of input that does not fit, and what it leaves behind.</summary>
public sealed class PointLossInputTests
{
    private static readonly int[] Strides = [8, 16];

    [Fact]
    public void Compute_MapOfAnchors_NamesTheMapItsShapeAndTheOneExpected()
        => AssertRejected([zeros([2, 3, 8, 8, 7]), Map(4)], Target(0, 0), "maps[0] has shape (2, 3, 8, 8, 7); it must be (batch, 64 + 2 classes, height, width).");

    [Fact]
    public void Compute_MapOfMoreClasses_NamesTheMap()
        => AssertRejected([Map(8), zeros([2, 67, 4, 4])], Target(0, 0), "maps[1] has shape (2, 67, 4, 4); it must be (batch, 64 + 2 classes, height, width).");

    [Fact]
    public void Compute_OneMapForTwoStrides_SaysBoth() => AssertRejected([Map(8)], Target(0, 0), "maps holds 1 layers; the strides are for 2.");

    [Fact]
    public void Compute_MapsOfImagesOfTwoSizes_NamesTheOneThatDiffers()
        => AssertRejected([Map(8), Map(5)], Target(0, 0), "maps[1] has shape (2, 66, 5, 5) and stride 16; batch size and pixels must be those of maps[0], (2, 66, 8, 8) and stride 8.");

    [Theory]
    [InlineData(2, 0, "targets[0] = (2, 0, 0.5, 0.5, 0.4, 0.4) names an image outside the batch of 2.")]
    [InlineData(0, 2, "targets[0] = (0, 2, 0.5, 0.5, 0.4, 0.4) names a class outside the 2 predicted.")]
    public void Compute_TargetThatDoesNotFit_NamesItsRowAndWhatIsWrong(float image, float label, string message) => AssertRejected([Map(8), Map(4)], Target(image, label), message);

    [Theory]
    [InlineData(0, 8)]
    [InlineData(2, 0)]
    public void Constructor_NoClassOrNoPixelPerCell_IsRefused(int classCount, int stride) => Assert.ThrowsAny<ArgumentException>(() => new YoloV8Loss([stride], classCount));

    [Fact]
    public void Create_AnchorsForALossWithout_IsRefused()
    {
        using var scope = NewDisposeScope();

        var exception = Assert.Throws<ArgumentException>(() => DetectionLoss.Create(new YoloV8LossOptions(), Strides, 2, ones(2, 1, 2)));

        Assert.Contains("YoloV8LossOptions are for networks without anchors", exception.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Constructor_NoCandidate_NamesTheOption()
        => Assert.Contains("TopCandidates is 0; it must be at least 1", Assert.Throws<ArgumentOutOfRangeException>(() => new YoloV8Loss(Strides, 2, new YoloV8LossOptions { TopCandidates = 0 })).Message, StringComparison.Ordinal);

    [Fact]
    public void Compute_TargetWithoutAPoint_ThrowsNamingImageAndBoxWhereAsked()
    {
        using var scope = NewDisposeScope();
        using var loss = new YoloV8Loss(Strides, 2, new YoloV8LossOptions { UnassignedTargets = UnassignedTargets.Throw });

        var exception = Assert.Throws<InvalidOperationException>(() => loss.Compute([Map(8), Map(4)], Target(1, 0, size: 0.01f)));

        Assert.Equal("No point of any layer lies within the target of image 1, class 0, box cx 0.5, cy 0.5, w 0.01, h 0.01.", exception.Message);
    }

    [Fact]
    public void Compute_TargetsWithoutAPoint_WarnsOnceWithTheirCount()
    {
        using var scope = NewDisposeScope();
        var warnings = new List<string>();
        using var loss = new YoloV8Loss(Strides, 2, new YoloV8LossOptions { UnassignedTargets = UnassignedTargets.Warn });
        loss.Warning = warnings.Add;
        var targets = cat([Target(1, 0, size: 0.01f), Target(0, 1)], 0);

        loss.Compute([Map(8), Map(4)], targets);
        loss.Compute([Map(8), Map(4)], targets);

        Assert.Equal(["No point of any layer lies within 1 of 2 targets of this batch; the network cannot learn them."], warnings);
    }

    [Fact]
    public void Compute_TargetWithoutAPoint_AddsNothing()
    {
        using var scope = NewDisposeScope();
        using var loss = new YoloV8Loss(Strides, 2);

        var expected = loss.Compute([Map(8), Map(4)], Target(0, 0)).Total.item<float>();

        Assert.Equal(expected, loss.Compute([Map(8), Map(4)], cat([Target(0, 0), Target(0, 1, size: 0)], 0)).Total.item<float>());
    }

    [Fact]
    public void Compute_MapsInHalfPrecision_IsComputedInSingle()
    {
        using var scope = NewDisposeScope();
        random.manual_seed(2);
        using var loss = new YoloV8Loss(Strides, 2);
        Tensor[] maps = [randn([2, 66, 8, 8]), randn([2, 66, 4, 4])];

        var full = loss.Compute(maps, Target(0, 0)).Total.item<float>();
        var half = loss.Compute([.. maps.Select(map => map.to(ScalarType.BFloat16))], Target(0, 0)).Total;

        Assert.Equal(ScalarType.Float32, half.dtype);
        Assert.Equal(full, half.item<float>(), 0.02 * full);
    }

    [Fact]
    public void Compute_ThreeThousandCalls_LeavesNoTensorAndNoMemoryBehind()
    {
        using var scope = NewDisposeScope();
        using var loss = new YoloV8Loss(Strides, 2);
        var maps = new[] { Map(8).requires_grad_(), Map(4).requires_grad_() };
        var targets = cat([Target(0, 0), Target(1, 1)], 0);
        Call(1000);
        // What earlier tests left to the collector is gone once memory is measured.
        var (memory, tensors) = (Memory(), Tensor.TotalCount);

        Call(2000);

        Assert.InRange(Memory(), 0, 1.05 * memory);
        Assert.Equal(tensors, Tensor.TotalCount);

        void Call(int times)
        {
            for (var i = 0; i < times; i++)
            {
                using var inner = NewDisposeScope();
                loss.Compute(maps, targets).Total.backward();
            }
        }
    }

    private static double Memory()
    {
        GC.Collect();
        GC.WaitForPendingFinalizers();
        using var process = System.Diagnostics.Process.GetCurrentProcess();
        return process.WorkingSet64;
    }

    private static Tensor Map(long size) => zeros([2, 66, size, size]);

    private static Tensor Target(float image, float label, float size = 0.4f) => tensor(new[] { image, label, 0.5f, 0.5f, size, size }).unsqueeze(0);

    private static void AssertRejected(Tensor[] maps, Tensor targets, string message)
    {
        using var loss = new YoloV8Loss(Strides, 2);
        var exception = Assert.Throws<ArgumentException>(() => loss.Compute(maps, targets));
        Assert.Contains(message, exception.Message, StringComparison.Ordinal);
        targets.Dispose();
        foreach (var map in maps)
            map.Dispose();
    }
}
