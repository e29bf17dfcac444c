using static TorchSharp.torch;

namespace ML.Yolo.Tests.Losses;

public sealed class BoxIouTests
{
    private static readonly long[] ZeroAreaRows = [2, 3, 4];

    [SharedTheory]
    [InlineData("iou")]
    [InlineData("giou")]
    [InlineData("diou")]
    [InlineData("ciou")]
    public void Of_GoldenPairs_GivesTheReferenceValuesAndGradients(string kind)
    {
        using var scope = NewDisposeScope();
        var golden = Safetensors.Load(SharedFolder.Path("golden", "box-iou.safetensors"));
        var first = golden["xywh1"].requires_grad_();

        var value = Measure(kind, first, golden["xywh2"]);
        value.sum().backward();

        var finite = golden[kind].isfinite() & golden["grad1_" + kind].isfinite().all(1);
        finite.index_fill_(0, tensor(ZeroAreaRows), false);
        TensorAssert.Close(golden[kind][finite], value[finite], 1e-5, 1e-6);
        TensorAssert.Close(golden["grad1_" + kind][finite], first.grad![finite], 1e-5, 2e-6);
        Assert.True(value.isfinite().all().item<bool>());
        Assert.True(first.grad!.isfinite().all().item<bool>());
    }

    [Theory]
    [InlineData("iou", 1 / 7.0)]
    [InlineData("giou", (1 / 7.0) - (2 / 9.0))]
    [InlineData("diou", (1 / 7.0) - (1 / 9.0))]
    [InlineData("ciou", (1 / 7.0) - (1 / 9.0))]
    public void Of_SquaresShiftedByHalf_GivesTheValueWorkedByHand(string kind, double expected)
    {
        using var scope = NewDisposeScope();

        var value = Measure(kind, tensor(new[] { 1.0, 1, 2, 2 }), tensor(new[] { 2.0, 2, 2, 2 }));

        Assert.Equal(expected, value.item<double>(), 6);
    }

    [Fact]
    public void Iou_CornersInsteadOfCentres_GivesTheSameValue()
    {
        using var scope = NewDisposeScope();

        var corners = BoxIou.Iou(tensor(new[] { 0f, 0, 2, 2 }), tensor(new[] { 1f, 1, 3, 3 }), BoxFormat.XyXy);

        Assert.Equal(1 / 7f, corners.item<float>(), 6);
    }

    [Fact]
    public void Iou_LastDimensionIsNotFour_NamesTheParameterAndItsShape()
    {
        using var scope = NewDisposeScope();

        var exception = Assert.Throws<ArgumentException>(() => BoxIou.Iou(zeros(2, 4), zeros(2, 5)));

        Assert.Contains("boxes2 has shape (2, 5)", exception.Message, StringComparison.Ordinal);
    }

    private static Tensor Measure(string kind, Tensor first, Tensor second) => kind switch
    {
        "iou" => BoxIou.Iou(first, second),
        "giou" => BoxIou.GIoU(first, second),
        "diou" => BoxIou.DIoU(first, second),
        _ => BoxIou.CIoU(first, second),
    };
}
