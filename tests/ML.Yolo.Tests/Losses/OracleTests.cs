using CsCheck;
using static TorchSharp.torch;

namespace ML.Yolo.Tests.Losses;

/// <summary>The losses in double against loops that say the same one number at a time.</summary>
public sealed class OracleTests
{
    private const int Samples = 1000;
    private const double Tolerance = 1e-10;

    [Fact]
    public void YoloV5Loss_AnyInputAndOptions_AgreesWithTheOracleInTargetsTermsAndSlopes() => Gen.Int.Sample(seed =>
    {
        using var scope = NewDisposeScope();
        var input = new RandomLossInput(seed);
        var options = input.V5Options();
        using var loss = new YoloV5Loss(input.Anchors, options);
        var balance = options.LayerBalance.Select(weight => (double)weight).ToArray();
        var built = input.Predictions.Select((map, i) => YoloV5Oracle.Assign(input.TargetRows, input.AnchorRows(i), (int)map.shape[2], (int)map.shape[3], options.AnchorThreshold)).ToArray();

        for (var call = 0; call < 2; call++)
        {
            var expected = YoloV5Oracle.Terms(Maps(input), built, options, balance);
            AssertAgrees(expected, loss.Compute(input.Predictions, input.Targets), input);
        }

        Assert.All(balance.Zip(loss.LayerBalance), pair => AssertClose(pair.First, pair.Second, "balance"));
        foreach (var (rows, layer) in built.Zip(loss.BuildTargets(input.Predictions, input.Targets)))
            AssertBuilt(rows, layer);
    }, iter: Samples, threads: 1);

    [Fact]
    public void YoloV3Loss_AnyInputAndOptions_AgreesWithTheOracleInTargetsTermsAndSlopes() => Gen.Int.Sample(seed =>
    {
        using var scope = NewDisposeScope();
        var input = new RandomLossInput(seed);
        var options = input.V3Options();
        using var loss = new YoloV3Loss(input.Anchors, options);
        var assigned = input.Predictions.Select((map, i) => YoloV3Oracle.Assign(input.TargetRows, input.AnchorRows(i), (int)map.shape[2], (int)map.shape[3], options.IouThreshold, options.IgnoreThreshold)).ToArray();

        AssertAgrees(YoloV3Oracle.Terms(Maps(input), assigned, options), loss.Compute(input.Predictions, input.Targets), input);

        foreach (var ((rows, ignored), layer) in assigned.Zip(loss.BuildTargets(input.Predictions, input.Targets)))
        {
            AssertBuilt(rows, layer);
            Assert.Equal(ignored.Count, layer.NoObjectMask!.logical_not().sum().item<long>());
        }
    }, iter: Samples, threads: 1);

    private static OracleMap[] Maps(RandomLossInput input) => [.. input.Predictions.Zip(input.Directions, (map, direction) => new OracleMap(map, direction))];

    /// <summary>Terms and total as they are, and the gradient by its product with the direction.</summary>
    private static void AssertAgrees(Dictionary<string, Dual> expected, DetectionLossResult actual, RandomLossInput input)
    {
        foreach (var (name, term) in expected)
            AssertClose(term.Value, actual.Terms[name].item<double>(), name);
        var total = expected.Values.Aggregate((a, b) => a + b) * input.BatchSize;
        AssertClose(total.Value, actual.Total.item<double>(), "total");
        foreach (var map in input.Predictions)
            map.grad?.zero_();
        actual.Total.backward();
        AssertClose(total.Slope, input.Predictions.Zip(input.Directions).Sum(pair => (pair.First.grad! * pair.Second).sum().item<double>()), "slope");
    }

    private static void AssertBuilt(List<OracleTarget> expected, LayerTargets actual)
    {
        Assert.Equal(expected.Count, actual.Count);
        if (expected.Count == 0)
            return;
        var indices = stack([actual.ImageIndex, actual.Classes, actual.AnchorIndex, actual.GridY, actual.GridX], 1).data<long>().ToArray();
        Assert.Equal(expected.SelectMany(row => new long[] { row.Image, row.Class, row.Anchor, row.Y, row.X }), indices);
        var numbers = cat([actual.Boxes, actual.Anchors], 1).data<double>().ToArray();
        Assert.All(expected.SelectMany(row => new[] { row.CentreX, row.CentreY, row.Width, row.Height, row.AnchorWidth, row.AnchorHeight }).Zip(numbers), pair => AssertClose(pair.First, pair.Second, "box"));
    }

    private static void AssertClose(double expected, double actual, string what)
        => Assert.True(Math.Abs(expected - actual) <= Tolerance * Math.Max(1, Math.Abs(expected)), $"{what}: expected {expected:R}, got {actual:R}");
}
