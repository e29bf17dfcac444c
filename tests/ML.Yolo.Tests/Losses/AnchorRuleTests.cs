using CsCheck;
using ML.Yolo.Losses;
using static TorchSharp.torch;

namespace ML.Yolo.Tests.Losses;

public sealed class AnchorRuleTests
{
    private const int Cells = 100;

    private static readonly Gen<(float Width, float Height, float AnchorWidth, float AnchorHeight, float Threshold)> Sizes =
        Gen.Select(Gen.Float[0.1f, 20], Gen.Float[0.1f, 20], Gen.Float[0.1f, 20], Gen.Float[0.1f, 20], Gen.Float[0.05f, 0.95f]);

    [Fact]
    public void Closeness_SideRatio_IsAboveTheLimitWhereTheAssignerTakesTheObject()
        => Sizes.Sample(sizes => Agree(new SideRatioRule(1 / sizes.Threshold), new AnchorRatioAssigner(1 / sizes.Threshold), sizes));

    [Fact]
    public void Closeness_SizeIou_IsAboveTheLimitWhereTheAssignerTakesTheObject()
        => Sizes.Sample(sizes => Agree(new SizeIouRule(sizes.Threshold), new BestIouAssigner(sizes.Threshold, ignoreThreshold: 1), sizes));

    private static void Agree(
        AnchorRule rule, AnchorAssigner assigner, (float Width, float Height, float AnchorWidth, float AnchorHeight, float Threshold) sizes)
    {
        using var scope = NewDisposeScope();
        var closeness = rule.Closeness(sizes.Width, sizes.Height, sizes.AnchorWidth, sizes.AnchorHeight);
        if (Math.Abs(closeness - rule.Limit) < 1e-4f)
            return;
        var targets = tensor(new[,] { { 0, 0, 0.5f, 0.5f, sizes.Width / Cells, sizes.Height / Cells } });
        var anchors = tensor(new[,] { { sizes.AnchorWidth, sizes.AnchorHeight } });
        using var layer = assigner.Assign(targets, anchors, new LayerGrid(1, Cells, Cells));

        Assert.Equal(closeness > rule.Limit, layer.Count > 0);
    }
}
