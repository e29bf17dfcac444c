using static TorchSharp.torch;

namespace ML.Yolo.Tests.Losses;

/// <summary>Losses over plain memory and their gradients, against their definition in tensor operations.</summary>
public sealed class AnalyticLossTests
{
    private const double Tolerance = 1e-6;

    [Theory]
    [InlineData(BoxIouKind.Iou, false)]
    [InlineData(BoxIouKind.Iou, true)]
    [InlineData(BoxIouKind.GIoU, false)]
    [InlineData(BoxIouKind.GIoU, true)]
    [InlineData(BoxIouKind.DIoU, false)]
    [InlineData(BoxIouKind.DIoU, true)]
    [InlineData(BoxIouKind.CIoU, false)]
    [InlineData(BoxIouKind.CIoU, true)]
    public void Compute_YoloV5_EqualsTensorOperations(BoxIouKind kind, bool isDouble)
        => ForInputs(seed =>
        {
            var input = new RandomLossInput(seed);
            var options = input.V5Options();
            (options.BoxIou, options.FocalGamma) = (kind, 0);
            Compare(() => AnchorLoss.Create(options, input.Anchors), input, isDouble);
        });

    [Fact]
    public void Compute_YoloV5OfMapsThatAreChannelsLastInMemory_EqualsTensorOperations()
        => ForInputs(seed =>
        {
            var input = new RandomLossInput(seed);
            using var loss = AnchorLoss.Create(new YoloV5LossOptions { LayerBalance = [.. Enumerable.Repeat(1f, input.Predictions.Length)] }, input.Anchors);
            var plain = Result(loss, input.Predictions, input.Targets);
            var turned = input.Predictions.Select(map => map.detach().permute(0, 2, 3, 1, 4).contiguous().permute(0, 3, 1, 2, 4)).ToArray();
            var other = Result(loss, turned, input.Targets);

            TensorAssert.Close(plain.Total, other.Total, 1e-12, 0);
            Assert.All(plain.Gradients.Zip(other.Gradients), pair => TensorAssert.Close(pair.First, pair.Second, 1e-12, 1e-15));
        });

    [Fact]
    public void Backward_TwiceOverOneGraph_AddsTheGradientTwice()
    {
        using var scope = NewDisposeScope();
        var input = new RandomLossInput(1);
        using var loss = AnchorLoss.Create(new YoloV5LossOptions { LayerBalance = [.. Enumerable.Repeat(1f, input.Predictions.Length)] }, input.Anchors);
        var maps = Leaves(input.Predictions);
        var total = loss.Compute(maps, input.Targets).Total;
        var once = autograd.grad([total], maps, retain_graph: true);
        (total * 3).backward();

        Assert.All(once.Zip(maps), pair => TensorAssert.Close(pair.First * 3, pair.Second.grad!, 1e-12, 0));
    }

    [Fact]
    public void Compute_ManyTimes_LeavesNoTensorBehind()
    {
        using var scope = NewDisposeScope();
        var input = new RandomLossInput(2);
        using var loss = AnchorLoss.Create(new YoloV5LossOptions { LayerBalance = [.. Enumerable.Repeat(1f, input.Predictions.Length)] }, input.Anchors);
        Learn();

        // What earlier tests left to the collector goes first.
        GC.Collect();
        GC.WaitForPendingFinalizers();
        var before = Tensor.TotalCount;
        for (var i = 0; i < 10; i++)
            Learn();

        Assert.Equal(before, Tensor.TotalCount);

        void Learn()
        {
            using var inner = NewDisposeScope();
            var maps = Leaves(input.Predictions);
            autograd.grad([loss.Compute(maps, input.Targets).Total * 2], maps);
        }
    }

    private static void ForInputs(Action<int> check)
    {
        for (var seed = 0; seed < 40; seed++)
        {
            using var scope = NewDisposeScope();
            check(seed);
        }
    }

    private static void Compare(Func<DetectionLoss> create, RandomLossInput input, bool isDouble)
    {
        using var definition = create();
        using var loss = create();
        var maps = input.Predictions.Select(map => map.detach().to(isDouble ? ScalarType.Float64 : ScalarType.Float32)).ToArray();
        var targets = input.Targets.to(ScalarType.Float32);
        var leaves = Leaves(maps.Select(map => map.to(ScalarType.Float64)));
        for (var call = 0; call < 2; call++)
        {
            var expected = definition.ComputeByTensors(leaves, targets);
            var gradients = autograd.grad([expected.Total], leaves);
            var (total, terms, found) = Result(loss, maps, targets);

            TensorAssert.Close(expected.Total, total, Tolerance, 1e-9);
            Assert.Equal(expected.Terms.Keys, terms.Keys);
            Assert.All(expected.Terms, term => TensorAssert.Close(term.Value, terms[term.Key], Tolerance, 1e-9));
            Assert.All(gradients.Zip(found), pair => TensorAssert.Close(pair.First, pair.Second, Tolerance, 1e-7));
        }
    }

    private static (Tensor Total, IReadOnlyDictionary<string, Tensor> Terms, IList<Tensor> Gradients) Result(
        DetectionLoss loss, IEnumerable<Tensor> maps, Tensor targets)
    {
        var leaves = Leaves(maps);
        var result = loss.Compute(leaves, targets);
        Assert.True(result.Total.requires_grad);
        return (result.Total, result.Terms, autograd.grad([result.Total], leaves));
    }

    private static Tensor[] Leaves(IEnumerable<Tensor> maps) => [.. maps.Select(map => map.detach().requires_grad_())];
}
