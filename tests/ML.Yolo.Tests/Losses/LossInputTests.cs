using LossAnalysis;
using static TorchSharp.torch;

namespace ML.Yolo.Tests.Losses;

/// <summary>What the losses say of input that does not fit, and what they leave behind.</summary>
public sealed class LossInputTests
{
    private static readonly long[] GridSizes = [8, 4, 2];

    [Fact]
    public void Compute_MapWithFourDimensions_NamesTheMapAndItsShape()
        => AssertRejected(() => [zeros(2, 3, 8, 8), .. Maps()[1..]], Targets(0, 0, 0.5f, 0.5f, 0.2f, 0.2f), "maps[0] has shape (2, 3, 8, 8)");

    [Fact]
    public void Compute_TwoMapsForThreeLayersOfAnchors_SaysBoth()
        => AssertRejected(() => Maps()[..2], Targets(0, 0, 0.5f, 0.5f, 0.2f, 0.2f), "2", "3");

    [Fact]
    public void Compute_TwoAnchorsWhereThreeWereGiven_SaysBoth()
        => AssertRejected(() => [zeros([2, 2, 8, 8, 7]), .. Maps()[1..]], Targets(0, 0, 0.5f, 0.5f, 0.2f, 0.2f), "maps[0]", "2 anchors");

    [Fact]
    public void Compute_MapsOfUnequalClassCounts_NamesTheOneThatDiffers()
        => AssertRejected(() => [.. Maps()[..2], zeros([2, 3, 2, 2, 9])], Targets(0, 0, 0.5f, 0.5f, 0.2f, 0.2f), "maps[2] has shape (2, 3, 2, 2, 9)");

    [Fact]
    public void Compute_MapsWithoutAClass_NamesTheShape()
        => AssertRejected(() => [.. GridSizes.Select(size => zeros([2, 3, size, size, 5]))], Targets(0, 0, 0.5f, 0.5f, 0.2f, 0.2f), "maps[0] has shape (2, 3, 8, 8, 5)");

    [Theory]
    [InlineData(2, 0, 0.5f, "targets[1] = (2, 0, 0.5, 0.5, 0.2, 0.2) names an image outside the batch of 2.")]
    [InlineData(-1, 0, 0.5f, "targets[1] = (-1, 0, 0.5, 0.5, 0.2, 0.2) names an image outside the batch of 2.")]
    [InlineData(0, 2, 0.5f, "targets[1] = (0, 2, 0.5, 0.5, 0.2, 0.2) names a class outside the 2 predicted.")]
    [InlineData(0, 0.5f, 0.5f, "targets[1] = (0, 0.5, 0.5, 0.5, 0.2, 0.2) names an image or a class that is not a whole number.")]
    [InlineData(0, 0, float.NaN, "targets[1] = (0, 0, NaN, 0.5, 0.2, 0.2) holds a number that is not finite.")]
    [InlineData(0, 0, float.PositiveInfinity, "targets[1] = (0, 0, Infinity, 0.5, 0.2, 0.2) holds a number that is not finite.")]
    public void Compute_OneTargetThatDoesNotFit_NamesItsRowAndWhatIsWrong(float image, float label, float x, string message)
        => AssertRejected(Maps, cat([Targets(0, 0, 0.5f, 0.5f, 0.2f, 0.2f), Targets(image, label, x, 0.5f, 0.2f, 0.2f)], 0), message);

    [Fact]
    public void Compute_NegativeWidth_NamesTheRow()
        => AssertRejected(Maps, Targets(0, 0, 0.5f, 0.5f, -0.2f, 0.2f), "targets[0]", "has a negative width or height");

    [Fact]
    public void Compute_TargetsOfFiveColumns_NamesTheShape()
        => AssertRejected(Maps, zeros(3, 5), "targets has shape (3, 5); it must be (N, 6)");

    [Theory]
    [InlineData("rank")]
    [InlineData("zero")]
    public void Create_AnchorsThatAreNone_SaysWhatIsWrong(string fault)
    {
        using var scope = NewDisposeScope();
        var anchors = fault == "rank" ? ones(3, 2) : zeros(3, 3, 2);

        var exception = Assert.Throws<ArgumentException>(() => AnchorLoss.Create(new YoloV5LossOptions(), anchors));

        Assert.Contains(fault == "rank" ? "anchors has shape (3, 2)" : "not a finite number above 0", exception.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Create_BalanceForTwoOfThreeLayers_NamesTheOption()
    {
        using var scope = NewDisposeScope();

        var exception = Assert.Throws<ArgumentException>(() => AnchorLoss.Create(new YoloV5LossOptions { LayerBalance = [1, 1] }, NotebookInput.Anchors()));

        Assert.Contains("LayerBalance holds 2 numbers; the network has 3 layers", exception.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Compute_TargetNoAnchorTakes_ThrowsNamingImageAndBoxWhereAsked()
    {
        using var scope = NewDisposeScope();
        using var loss = AnchorLoss.Create(new YoloV5LossOptions { UnassignedTargets = UnassignedTargets.Throw }, NotebookInput.Anchors());

        var exception = Assert.Throws<InvalidOperationException>(() => loss.Compute(Maps(), Targets(1, 0, 0.5f, 0.5f, 0.001f, 0.2f)));

        Assert.Equal("No anchor of any layer takes the target of image 1, class 0, box cx 0.5, cy 0.5, w 0.001, h 0.2.", exception.Message);
    }

    [Fact]
    public void Compute_TargetsNoAnchorTakes_WarnsOnceWithTheirCount()
    {
        using var scope = NewDisposeScope();
        var warnings = new List<string>();
        using var loss = AnchorLoss.Create(new YoloV3LossOptions { UnassignedTargets = UnassignedTargets.Warn }, NotebookInput.Anchors());
        loss.Warning = warnings.Add;
        var targets = cat([Targets(1, 0, 0.5f, 0.5f, 0.001f, 0.2f), Targets(0, 1, 0.5f, 0.5f, 0.3f, 0.3f)], 0);

        loss.Compute(Maps(), targets);
        loss.Compute(Maps(), targets);

        Assert.Equal(["No anchor of any layer takes 1 of 2 targets of this batch; the network cannot learn them."], warnings);
    }

    [Fact]
    public void Compute_TargetWithoutArea_AddsNothing()
    {
        using var scope = NewDisposeScope();
        using var loss = AnchorLoss.Create(new YoloV5LossOptions(), NotebookInput.Anchors());
        var one = Targets(0, 0, 0.5f, 0.5f, 0.2f, 0.2f);

        var expected = loss.Compute(Maps(), one).Total.item<float>();

        Assert.Equal(expected, loss.Compute(Maps(), cat([one, Targets(0, 1, 0.5f, 0.5f, 0, 0.2f)], 0)).Total.item<float>());
    }

    [Theory]
    [InlineData("v5")]
    [InlineData("v3")]
    public void Compute_TenThousandCalls_LeavesNoTensorAndNoMemoryBehind(string variant)
    {
        using var scope = NewDisposeScope();
        using var loss = AnchorLoss.Create(variant == "v5" ? new YoloV5LossOptions { AutoBalance = true } : new YoloV3LossOptions(), NotebookInput.Anchors());
        var maps = Maps().Select(map => map.requires_grad_()).ToArray();
        var targets = cat([Targets(0, 0, 0.5f, 0.5f, 0.2f, 0.2f), Targets(1, 1, 0.2f, 0.3f, 0.3f, 0.4f)], 0);
        Call(1000);
        // What earlier tests left to the collector is gone once memory is measured.
        var (memory, tensors) = (Memory(), Tensor.TotalCount);

        Call(9000);

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

    private static Tensor[] Maps() => [.. GridSizes.Select(size => zeros([2, 3, size, size, 7]))];

    private static Tensor Targets(params float[] row) => tensor(row).unsqueeze(0);

    private static void AssertRejected(Func<Tensor[]> maps, Tensor targets, params string[] messages)
    {
        using var scope = NewDisposeScope();
        foreach (AnchorLossOptions options in new AnchorLossOptions[] { new YoloV5LossOptions(), new YoloV3LossOptions() })
        {
            using var loss = AnchorLoss.Create(options, NotebookInput.Anchors());
            var exception = Assert.Throws<ArgumentException>(() => loss.Compute(maps(), targets));
            Assert.All(messages, message => Assert.Contains(message, exception.Message, StringComparison.Ordinal));
        }

        targets.Dispose();
    }
}
