using CsCheck;
using static TorchSharp.torch;

namespace ML.Yolo.Tests.Losses;

/// <summary>What holds of the losses whatever goes in.</summary>
public sealed class LossLawTests
{
    private const int Samples = 1000;
    private const double Tolerance = 1e-9;

    [Fact]
    public void Compute_TargetsInAnotherOrder_ChangesNothing() => ForBothVariants((input, options) =>
    {
        // Of targets on one prediction the reference lets the last say what objectness is wanted; sorting takes order out of it.
        if (options is YoloV5LossOptions v5)
            v5.SortObjectnessByIou = true;
        var before = Terms(input, options);
        input.TargetRows = [.. input.TargetRows.Reverse()];

        Assert.All(Terms(input, options), term => Assert.Equal(before[term.Key], term.Value, Tolerance));
    });

    [Fact]
    public void BuildTargets_TargetsInAnotherOrder_BuildsTheSameOnes() => ForBothVariants((input, options) =>
    {
        var before = Built(input, options);
        input.TargetRows = [.. input.TargetRows.Reverse()];

        Assert.Equal(before.Order(), Built(input, options).Order());
    });

    [Fact]
    public void BuildTargets_MirroredTargets_BuildsThemInMirroredCells() => ForBothVariants((input, options) =>
    {
        // At the very border of a cell, or of its half, mirroring moves a centre to the other side of it.
        var widths = input.Predictions.Select(map => map.shape[3]);
        input.TargetRows = [.. input.TargetRows.Where(row => widths.All(width => Math.Abs((row[2] * width * 2) - Math.Round(row[2] * width * 2)) > 1e-6))];
        var expected = Built(input, options).Select(row => row with { X = (int)widths.ElementAt(row.Layer) - 1 - row.X });
        input.TargetRows = [.. input.TargetRows.Select(row => row.Select((value, column) => column == 2 ? 1 - value : value).ToArray())];

        Assert.Equal(expected.Order(), Built(input, options).Order());
    });

    [Fact]
    public void Compute_WeightsMultiplied_MultipliesTheirTerms() => ForBothVariants((input, options) =>
    {
        var before = Terms(input, options);
        if (options is YoloV5LossOptions v5)
            (v5.BoxWeight, v5.ObjectnessWeight, v5.ClassWeight) = (v5.BoxWeight * 2, v5.ObjectnessWeight * 4, v5.ClassWeight * 8);
        else if (options is YoloV3LossOptions v3)
            (v3.BoxWeight, v3.ObjectnessWeight, v3.ClassWeight, v3.NoObjectWeight) = (v3.BoxWeight * 2, v3.ObjectnessWeight * 4, v3.ClassWeight * 8, v3.NoObjectWeight * 16);

        var factors = new Dictionary<string, double> { ["box"] = 2, ["obj"] = 4, ["cls"] = 8, ["noobj"] = 16 };
        Assert.All(Terms(input, options), term => Assert.Equal(before[term.Key] * factors[term.Key], term.Value, Tolerance));
    });

    [Fact]
    public void Compute_AnyFiniteLogitsAndBoxes_GivesFiniteTermsAndGradients()
        => Gen.Select(Gen.Int, Gen.Bool, Gen.Double[-4, 4], Gen.Bool).Sample((seed, isV5, exponent, isSingle) =>
        {
            using var scope = NewDisposeScope();
            var input = new RandomLossInput(seed);
            var maps = input.Predictions.Select(map => (map.detach() * Math.Pow(10, exponent)).to(isSingle ? ScalarType.Float32 : ScalarType.Float64).requires_grad_()).ToArray();
            // Boxes without width, without area, and with centres on the very border.
            input.TargetRows = [.. input.TargetRows, [0, 0, 0, 0, 0.2, 0], [0, 0, 1, 1, 0, 0], [0, 0, 1, 0.5, 0.3, 0.3], [0, 0, 0, 1, 1, 1], [0, 0, 0.5, 0.5, 1e-12, 0.5]];
            AnchorLossOptions options = isV5 ? input.V5Options() : input.V3Options();
            using var loss = AnchorLoss.Create(options, input.Anchors);

            for (var call = 0; call < 2; call++)
            {
                var result = loss.Compute(maps, input.Targets);
                result.Total.backward();

                Assert.True(double.IsFinite(result.Total.to(ScalarType.Float64).item<double>()));
                Assert.All(result.Terms.Values, term => Assert.True(term.isfinite().item<bool>()));
                Assert.All(maps, map => Assert.True(map.grad!.isfinite().all().item<bool>()));
            }
        }, iter: Samples, threads: 1);

    [Fact]
    public void Compute_PerfectPrediction_IsTheFloor() => Gen.Select(Gen.Int, Gen.Bool).Sample((seed, isV5) =>
    {
        using var scope = NewDisposeScope();
        var input = new RandomLossInput(seed);
        // One object an image: two on one prediction cannot both be right.
        input.TargetRows = [.. input.TargetRows.DistinctBy(row => row[0])];
        AnchorLossOptions options = isV5 ? new YoloV5LossOptions { LayerBalance = [.. input.Predictions.Select(_ => 1f)] } : new YoloV3LossOptions();
        using var loss = AnchorLoss.Create(options, input.Anchors);
        var targets = loss.BuildTargets(input.Predictions, input.Targets);
        var perfect = PerfectPrediction.Of(input.Predictions, targets, isV5);
        var left = options is YoloV5LossOptions v5 ? PerfectPrediction.Floor(input.Predictions, targets, v5) : 0;

        var floor = loss.Compute(perfect, input.Targets).Total.item<double>();
        var worse = loss.Compute([.. perfect.Zip(input.Directions, (map, direction) => map + direction)], input.Targets).Total.item<double>();

        Assert.InRange(floor, 0, (1.001 * left) + Tolerance);                             // below 5e-5 for boxes of a cell and more, beyond 1e-4 for tiny ones
        Assert.True(worse >= floor, $"{worse} < {floor}");
    }, iter: Samples, threads: 1);

    [Fact]
    public void Of_AnyTwoBoxes_CIoUIsAtMostDIoUAtMostIoUAtMostOne()
    {
        var box = Gen.Select(Gen.Double[-5, 5], Gen.Double[-5, 5], Gen.Double[0, 4], Gen.Double[0, 4]).Select(b => new[] { b.Item1, b.Item2, b.Item3, b.Item4 });
        Gen.Select(box, box).Sample((first, second) =>
        {
            using var scope = NewDisposeScope();
            var (a, b) = (tensor(first), tensor(second));

            var (iou, giou, diou, ciou) = (BoxIou.Iou(a, b).item<double>(), BoxIou.GIoU(a, b).item<double>(), BoxIou.DIoU(a, b).item<double>(), BoxIou.CIoU(a, b).item<double>());

            Assert.InRange(iou, 0, 1);
            Assert.InRange(giou, -1, iou + 1e-6);
            Assert.InRange(diou, -1, iou);
            Assert.InRange(ciou, -1.5, diou);
        }, iter: Samples, threads: 1);
    }

    private static void ForBothVariants(Action<RandomLossInput, AnchorLossOptions> law)
        => Gen.Select(Gen.Int, Gen.Bool).Sample((seed, isV5) =>
        {
            using var scope = NewDisposeScope();
            var input = new RandomLossInput(seed);
            law(input, isV5 ? input.V5Options() : input.V3Options());
        }, iter: Samples, threads: 1);

    private static Dictionary<string, double> Terms(RandomLossInput input, AnchorLossOptions options)
    {
        using var loss = AnchorLoss.Create(options, input.Anchors);
        return loss.Compute(input.Predictions, input.Targets).Terms.ToDictionary(term => term.Key, term => term.Value.item<double>());
    }

    private static List<BuiltRow> Built(RandomLossInput input, AnchorLossOptions options)
    {
        using var loss = AnchorLoss.Create(options, input.Anchors);
        var rows = new List<BuiltRow>();
        foreach (var (layer, targets) in loss.BuildTargets(input.Predictions, input.Targets).Index())
        {
            if (targets.Count == 0)
                continue;
            var columns = stack([targets.ImageIndex, targets.Classes, targets.AnchorIndex, targets.GridY, targets.GridX], 1).data<long>().ToArray();
            rows.AddRange(columns.Chunk(5).Select(row => new BuiltRow(layer, (int)row[0], (int)row[1], (int)row[2], (int)row[3], (int)row[4])));
        }

        return rows;
    }

    private readonly record struct BuiltRow(int Layer, int Image, int Class, int Anchor, int Y, int X) : IComparable<BuiltRow>
    {
        public int CompareTo(BuiltRow other) => (Layer, Image, Class, Anchor, Y, X).CompareTo((other.Layer, other.Image, other.Class, other.Anchor, other.Y, other.X));
    }
}
