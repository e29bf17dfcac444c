using ML.Yolo.Losses;
using ML.Yolo.Training;

namespace ML.Yolo.Tests.Training;

public sealed class AutoAnchorTests
{
    private static readonly AnchorSet Anchors = new(new float[,,]
    {
        { { 10, 13 }, { 16, 30 }, { 33, 23 } }, { { 30, 61 }, { 62, 45 }, { 59, 119 } }, { { 116, 90 }, { 156, 198 }, { 373, 326 } },
    });

    private static readonly AnchorRule Ratio = new YoloV5LossOptions().AnchorRule;

    private static readonly AnchorRule Iou = new YoloV3LossOptions().AnchorRule;

    [Fact]
    public void Improve_AnchorsThatSuit_KeepsThemAndSaysSo()
    {
        var lines = new List<string>();

        Assert.Null(AutoAnchor.Improve(Sizes(20, 60, 1), Anchors, Ratio, seed: 1, lines.Add));
        Assert.Equal("Anchors: best possible recall 1.000; they stay.", Assert.Single(lines));
    }

    [Fact]
    public void Improve_LongThinObjects_FindsAnchorsThatTakeThemSmallestFirst()
    {
        var lines = new List<string>();
        var sizes = Sizes(2, 6, 20).ToArray();

        var found = AutoAnchor.Improve(sizes, Anchors, Ratio, seed: 1, lines.Add)!;

        Assert.Contains("became 1.000", Assert.Single(lines), StringComparison.Ordinal);
        var areas = found.Sizes.Select(size => size.Width * size.Height).ToList();
        Assert.Equal(9, areas.Count);
        Assert.Equal(areas.Order(), areas);
    }

    [Fact]
    public void Improve_ObjectsThatTheRatioTakesAndTheIouDoesNot_FindsAnchorsForTheLossThatNeedsThem()
    {
        var lines = new List<string>();
        // 6 by 6 in 10 by 13 is an IoU of 0.28 and side ratios of 1.7 and 2.2.
        var sizes = Sizes(5, 6.2f, 1).ToArray();

        Assert.Null(AutoAnchor.Improve(sizes, Anchors, Ratio, seed: 1, _ => { }));
        Assert.NotNull(AutoAnchor.Improve(sizes, Anchors, Iou, seed: 1, lines.Add));
        Assert.StartsWith("Anchors: best possible recall 0.000 became 1.000 with ", Assert.Single(lines), StringComparison.Ordinal);
    }

    [Fact]
    public void Improve_FewerObjectsThanAnchors_KeepsThemAndSaysWhy()
    {
        var lines = new List<string>();

        Assert.Null(AutoAnchor.Improve(Sizes(2, 6, 20).Take(8).Append((1, 1)), Anchors, Ratio, seed: 1, lines.Add));
        Assert.Matches(
            @"^Anchors: best possible recall 0\.\d{3}; they stay all the same, since 8 objects of at least 2 pixels are too few to find 9 anchors\.$",
            Assert.Single(lines));
    }

    [Fact]
    public void Improve_SameSeed_FindsTheSame()
        => Assert.Equal(
            AutoAnchor.Improve(Sizes(2, 6, 20), Anchors, Ratio, seed: 1, _ => { })!,
            AutoAnchor.Improve(Sizes(2, 6, 20), Anchors, Ratio, seed: 1, _ => { })!);

    [Fact]
    public void Improve_NoObjects_KeepsTheAnchors() => Assert.Null(AutoAnchor.Improve([], Anchors, Ratio, seed: 1, _ => { }));

    private static IEnumerable<(float Width, float Height)> Sizes(float low, float high, float aspect)
    {
        var random = new Random(1);
        return [.. Enumerable.Range(0, 200).Select(_ => low + ((high - low) * random.NextSingle())).Select(width => (width, width * aspect))];
    }
}
