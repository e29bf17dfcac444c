using CsCheck;
using static TorchSharp.torch;

namespace ML.Yolo.Tests.Losses;

/// <summary>The loss of heads without anchors in double against loops that say the same one number at a time, and what holds of it whatever goes in.</summary>
public sealed class PointLossTests
{
    private const int Samples = 1000;
    private const double OracleTolerance = 1e-10;
    private const double Tolerance = 1e-9;

    [Fact]
    public void YoloV8Loss_AnyInputAndOptions_AgreesWithTheOracleInTargetsTermsAndSlopes() => ForAny((input, options) =>
    {
        using var loss = input.Loss(options);
        var oracle = new PointOracle(input, options);
        var learned = oracle.Assign();

        var built = loss.BuildTargets(input.Maps, input.Targets);
        var result = loss.Compute(input.Maps, input.Targets);
        result.Total.backward();

        Assert.Equal(learned.Where(entry => entry.Value.Score > 0).Select(entry => (entry.Key.Image, entry.Key.Point, entry.Value.Target)), Rows(built));
        Assert.All(learned.Values.Where(entry => entry.Score > 0).Zip(Numbers(built.Scores)), pair => AssertClose(pair.First.Score, pair.Second, "score"));
        var expected = oracle.Terms(learned);
        Assert.All(expected, term => AssertClose(term.Value.Value, result.Terms[term.Key].item<double>(), term.Key));
        var total = expected.Values.Aggregate((a, b) => a + b) * input.BatchSize;
        AssertClose(total.Value, result.Total.item<double>(), "total");
        AssertClose(total.Slope, input.Maps.Zip(input.Directions).Sum(pair => (pair.First.grad! * pair.Second).sum().item<double>()), "slope");
    });

    [Fact]
    public void Compute_TargetsInAnotherOrder_ChangesNothing() => ForAny((input, options) =>
    {
        using var loss = input.Loss(options);
        var (terms, rows, last) = (Terms(loss, input), Rows(loss.BuildTargets(input.Maps, input.Targets)), input.TargetRows.Length - 1);
        input.TargetRows = [.. input.TargetRows.Reverse()];

        Assert.All(Terms(loss, input), term => Assert.Equal(terms[term.Key], term.Value, Tolerance));
        Assert.Equal(rows, Rows(loss.BuildTargets(input.Maps, input.Targets)).Select(row => row with { Target = last - row.Target }));
    });

    [Fact]
    public void Compute_MirroredImages_ChangesNothing() => ForAny((input, options) =>
    {
        using var loss = input.Loss(options);
        var expected = Terms(loss, input);
        var mirrored = input.Maps.Select(map => Mirror(map.detach())).ToArray();
        input.TargetRows = [.. input.TargetRows.Select(row => row.Select((value, column) => column == 2 ? 1 - value : value).ToArray())];

        var result = loss.Compute(mirrored, input.Targets);

        Assert.All(result.Terms, term => Assert.Equal(expected[term.Key], term.Value.item<double>(), Tolerance));
    });

    [Fact]
    public void Compute_WeightsMultiplied_MultipliesTheirTerms() => ForAny((input, options) =>
    {
        using var before = input.Loss(options);
        var expected = Terms(before, input);
        (options.BoxWeight, options.ClassWeight, options.DistributionWeight) = (options.BoxWeight * 2, options.ClassWeight * 4, options.DistributionWeight * 8);
        using var after = input.Loss(options);

        var factors = new Dictionary<string, double> { ["box"] = 2, ["cls"] = 4, ["dfl"] = 8 };
        Assert.All(Terms(after, input), term => Assert.Equal(expected[term.Key] * factors[term.Key], term.Value, Tolerance));
    });

    [Fact]
    public void Compute_AnyFiniteLogitsAndBoxes_GivesFiniteTermsAndGradients()
        => Gen.Select(Gen.Int, Gen.Double[-4, 4], Gen.Bool).Sample((seed, exponent, isSingle) =>
        {
            using var scope = NewDisposeScope();
            var input = new RandomPointInput(seed);
            var type = isSingle ? ScalarType.Float32 : ScalarType.Float64;
            var maps = input.Maps.Select(map => (map.detach() * Math.Pow(10, exponent)).to(type).requires_grad_()).ToArray();
            // Boxes without width, without area, with centres on the very border, and as large as the image.
            double[][] odd = [[0, 0, 0, 0, 0.2, 0], [0, 0, 1, 1, 0, 0], [0, 0, 1, 0.5, 0.3, 0.3], [0, 0, 0, 1, 1, 1], [0, 0, 0.5, 0.5, 1e-12, 0.5], [0, 0, 0.5, 0.5, 1, 1], [0, 0, 0, 0, 1, 1]];
            input.TargetRows = [.. input.TargetRows, .. odd];
            using var loss = input.Loss(input.Options());

            var result = loss.Compute(maps, input.Targets);
            result.Total.backward();

            Assert.True(result.Total.isfinite().item<bool>());
            Assert.All(result.Terms.Values, term => Assert.True(term.isfinite().item<bool>()));
            Assert.All(maps, map => Assert.True(map.grad!.isfinite().all().item<bool>()));
        }, iter: Samples, threads: 1);

    [Fact]
    public void Compute_PerfectPrediction_IsTheFloor() => ForAny((input, _) =>
    {
        // One object per image, and every point within it may learn it: else points beside the chosen ones, as right as they, were wrong.
        input.TargetRows = [.. input.TargetRows.DistinctBy(row => row[0])];
        using var loss = input.Loss(new YoloV8LossOptions { TopCandidates = 1000, DistributionWeight = 0 });
        var perfect = PerfectPointPrediction.Of(input);

        var floor = loss.Compute(perfect, input.Targets).Total.item<double>();
        var worse = loss.Compute([.. perfect.Zip(input.Directions, (map, direction) => map + direction)], input.Targets).Total.item<double>();

        Assert.InRange(floor, 0, 1e-2 * input.BatchSize);                                 // the ε of 1e-7 in the IoU keeps tiny boxes from a full 1
        Assert.True(worse >= floor - 1e-12, $"{worse} < {floor}");
    });

    private static void ForAny(Action<RandomPointInput, YoloV8LossOptions> law) => Gen.Int.Sample(seed =>
    {
        using var scope = NewDisposeScope();
        var input = new RandomPointInput(seed);
        law(input, input.Options());
    }, iter: Samples, threads: 1);

    private static Dictionary<string, double> Terms(YoloV8Loss loss, RandomPointInput input)
        => loss.Compute(input.Maps, input.Targets).Terms.ToDictionary(term => term.Key, term => term.Value.item<double>());

    private static (int Image, int Point, int Target)[] Rows(PointTargets built)
        => [.. Integers(built.ImageIndex).Zip(Integers(built.PointIndex), Integers(built.TargetIndex)).Select(row => ((int)row.First, (int)row.Second, (int)row.Third))];

    private static long[] Integers(Tensor column) => column.shape[0] == 0 ? [] : column.data<long>().ToArray();

    private static double[] Numbers(Tensor column) => column.shape[0] == 0 ? [] : column.data<double>().ToArray();

    /// <summary>(B, 64 + C, H, W) as of mirrored images: columns the other way round, left and right bins exchanged.</summary>
    private static Tensor Mirror(Tensor map)
    {
        var sides = map.flip(3).split([16, 16, 16, 16, map.shape[1] - 64], 1);
        return cat([sides[2], sides[1], sides[0], sides[3], sides[4]], 1);
    }

    private static void AssertClose(double expected, double actual, string what)
        => Assert.True(Math.Abs(expected - actual) <= OracleTolerance * Math.Max(1, Math.Abs(expected)), $"{what}: expected {expected:R}, got {actual:R}");
}
