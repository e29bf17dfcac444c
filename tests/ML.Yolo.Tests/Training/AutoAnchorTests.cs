using ML.Yolo.Training;

namespace ML.Yolo.Tests.Training;

public sealed class AutoAnchorTests
{
    private static readonly AnchorSet Anchors = new(new float[,,] { { { 10, 13 }, { 16, 30 }, { 33, 23 } }, { { 30, 61 }, { 62, 45 }, { 59, 119 } }, { { 116, 90 }, { 156, 198 }, { 373, 326 } } });

    [Fact]
    public void Improve_AnchorsThatSuit_KeepsThemAndSaysSo()
    {
        var lines = new List<string>();

        Assert.Null(AutoAnchor.Improve(Sizes(20, 60, 1), Anchors, threshold: 4, seed: 1, lines.Add));
        Assert.Equal("Anchors: best possible recall 1.000; they stay.", Assert.Single(lines));
    }

    [Fact]
    public void Improve_LongThinObjects_FindsAnchorsThatTakeThemSmallestFirst()
    {
        var lines = new List<string>();
        var sizes = Sizes(2, 6, 20).ToArray();

        var found = AutoAnchor.Improve(sizes, Anchors, threshold: 4, seed: 1, lines.Add)!;

        Assert.Contains("became 1.000", Assert.Single(lines), StringComparison.Ordinal);
        var areas = Enumerable.Range(0, 9).Select(i => found.Sizes[i].Width * found.Sizes[i].Height).ToList();
        Assert.Equal(areas.Order(), areas);
    }

    [Fact]
    public void Improve_SameSeed_FindsTheSame()
        => Assert.Equal(AutoAnchor.Improve(Sizes(2, 6, 20), Anchors, 4, seed: 1, _ => { }), AutoAnchor.Improve(Sizes(2, 6, 20), Anchors, 4, seed: 1, _ => { }));

    [Fact]
    public void Improve_NoObjects_KeepsTheAnchors() => Assert.Null(AutoAnchor.Improve([], Anchors, 4, seed: 1, _ => { }));

    private static IEnumerable<(float Width, float Height)> Sizes(float low, float high, float aspect)
    {
        var random = new Random(1);
        return [.. Enumerable.Range(0, 200).Select(_ => low + ((high - low) * random.NextSingle())).Select(width => (width, width * aspect))];
    }
}
