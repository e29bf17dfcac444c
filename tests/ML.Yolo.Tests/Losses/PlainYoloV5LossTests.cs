using LossAnalysis;
using static TorchSharp.torch;

namespace ML.Yolo.Tests.Losses;

public sealed class PlainYoloV5LossTests
{
    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    public void Terms_NotebookInput_AgreeWithTheLibrary(int seed)
    {
        using var scope = NewDisposeScope();
        var maps = NotebookInput.Predictions(seed);
        using var loss = new YoloV5Loss(NotebookInput.Anchors(), NotebookInput.V5Options());

        var library = loss.Compute(maps, NotebookInput.Targets()).Terms;
        var plain = PlainYoloV5Loss.Terms(maps, NotebookInput.Targets(), NotebookInput.Anchors(), NotebookInput.V5Options());

        Assert.Equal(plain.Box, library["box"].item<float>(), 1e-6);
        Assert.Equal(plain.Objectness, library["obj"].item<float>(), 1e-5);
        Assert.Equal(plain.Class, library["cls"].item<float>(), 1e-6);
    }
}
