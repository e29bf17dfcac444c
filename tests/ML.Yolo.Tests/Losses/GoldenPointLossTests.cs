using ML.Yolo.Boxes;
using ML.Yolo.Losses;
using static TorchSharp.torch;

namespace ML.Yolo.Tests.Losses;

/// <summary>The loss of heads without anchors, its assigner and its coding of boxes, against the numbers of the reference implementation.</summary>
public sealed class GoldenPointLossTests
{
    private const double Tolerance = 1e-5;

    public static TheoryData<string> Cases =>
    [
        "v8-random", "v8-border", "v8-crowded", "v8-image-without-targets", "v8-no-targets", "v8-overlapping", "v8-rectangular", "v8-single-class", "v8-tiny", "v8-topk-exceeds-inside",
    ];

    [SharedTheory]
    [MemberData(nameof(Cases))]
    public void BuildTargets_GoldenCase_GivesTheReferenceTargets(string name)
    {
        using var scope = NewDisposeScope();
        using var golden = new GoldenPointCase(name);
        using var loss = golden.CreateLoss();

        var built = loss.BuildTargets(golden.Maps, golden["targets"]);

        var (scores, boxes, targets) = Dense(golden, built);
        TensorAssert.Close(golden["targetScores"], scores, Tolerance, absolute: 1e-9);
        var isLearned = golden["targetScores"].sum(2) > 0;                                // elsewhere boxes and indices mean nothing
        TensorAssert.Equal(golden["targetBoxes"] * isLearned.unsqueeze(2), boxes * isLearned.unsqueeze(2));
        TensorAssert.Equal(golden["targetGtIndex"] * isLearned, targets * isLearned);
        Assert.Equal(isLearned.sum().item<long>(), built.Count);
        Assert.Equal(golden.Positives.Sum(image => image.Sum()), built.Count);
        Assert.Equal(golden.TargetScoreSum, Math.Max(built.Scores.sum().item<float>(), 0), Tolerance * Math.Max(golden.TargetScoreSum, 1));
    }

    [SharedTheory]
    [MemberData(nameof(Cases))]
    public void Compute_GoldenCase_GivesTheReferenceTotalTermsAndGradients(string name)
    {
        using var scope = NewDisposeScope();
        using var golden = new GoldenPointCase(name);
        using var loss = golden.CreateLoss();
        var maps = golden.Maps;

        var result = loss.Compute(maps, golden["targets"]);
        result.Total.backward();

        AssertClose(golden.Total, result.Total.item<float>());
        Assert.Equal(["box", "cls", "dfl"], result.Terms.Keys);
        Assert.All(result.Terms, term => AssertClose(golden.Term(term.Key), term.Value.item<float>()));
        for (var i = 0; i < maps.Length; i++)
        {
            var expected = golden[$"grad_p{i}"];
            // Relative to the largest gradient of the layer: the smallest ones are differences of nearly equal numbers.
            TensorAssert.Close(expected, maps[i].grad!, Tolerance, Tolerance * expected.abs().max().item<float>());
        }
    }

    [SharedTheory]
    [MemberData(nameof(Cases))]
    public void PointGrid_GoldenCase_GivesTheReferencePointsAndStrides(string name)
    {
        using var scope = NewDisposeScope();
        using var golden = new GoldenPointCase(name);

        TensorAssert.Equal(golden["points"], golden.Grid.Points(ScalarType.Float32, CPU));
        TensorAssert.Equal(golden["strides"], golden.Grid.Strides(ScalarType.Float32, CPU));
    }

    [SharedTheory]
    [InlineData("assigner-topk10")]
    [InlineData("assigner-defaults")]
    public void Assign_GoldenCase_GivesTheReferenceTargets(string name)
    {
        using var scope = NewDisposeScope();
        using var golden = new GoldenPointCase(name);
        var (grid, table) = (golden.Grid, Table(golden));

        var assigned = golden.CreateAssigner().Assign(Levels(grid, special.logit(golden["scores"])), golden["boxes"], table, new CandidatePoints(table, grid), grid);

        var rows = (assigned.Scores > 0).nonzero().squeeze(1);
        var target = assigned.Targets.index_select(0, rows);
        var scores = zeros_like(golden["targetScores"]);
        scores.view(-1, golden.ClassCount).index_put_(assigned.Scores.index_select(0, rows), assigned.Slots.index_select(0, rows), table.Classes.index_select(0, target));
        TensorAssert.Close(golden["targetScores"], scores, Tolerance, absolute: 1e-9);
        var boxes = golden["targetBoxes"].view(-1, 4).index_select(0, assigned.Slots.index_select(0, rows));
        TensorAssert.Equal(boxes, table.Boxes.index_select(0, target));
    }

    [SharedFact]
    public void YoloV8BoxCoding_GoldenDistances_GivesTheReferenceBoxesAndBack()
    {
        using var scope = NewDisposeScope();
        var golden = Distances();

        TensorAssert.Close(golden["distances"], YoloV8BoxCoding.EncodeDistances(golden["boxes"], golden["points"]), 1e-6, 1e-6);
        TensorAssert.Close(golden["cornersOfRaw"], YoloV8BoxCoding.DecodeBoxes(golden["rawDistances"], golden["points"], BoxFormat.XyXy), 1e-6, 1e-6);
        TensorAssert.Close(golden["centresOfRaw"], YoloV8BoxCoding.DecodeBoxes(golden["rawDistances"], golden["points"], BoxFormat.XyWh), 1e-6, 1e-6);
        TensorAssert.Close(golden["expectedDistances"], YoloV8BoxCoding.DecodeDistances(golden["dflLogits"].view(24, 64)), 1e-6, 1e-6);
    }

    [SharedFact]
    public void DistributionFocalLoss_GoldenLogits_GivesTheReferenceValuesAndGradient()
    {
        using var scope = NewDisposeScope();
        var golden = Distances();
        var logits = golden["dflLogits"].requires_grad_();

        var loss = DistributionFocalLoss.Of(logits.view(24, 64), golden["dflTargets"].clamp(0, YoloV8BoxCoding.MaxDistance));
        loss.sum().backward();

        TensorAssert.Close(golden["dfl"], loss, Tolerance, 1e-6);
        TensorAssert.Close(golden["grad_dflLogits"], logits.grad!, Tolerance, 1e-6);
    }

    [SharedFact]
    public void CIoU_GoldenCorners_GivesTheReferenceValuesAndGradients()
    {
        using var scope = NewDisposeScope();
        var golden = Distances();
        var boxes = golden["ciouBoxes1"].requires_grad_();

        var ciou = BoxIou.CIoU(boxes, golden["ciouBoxes2"], BoxFormat.XyXy);
        ciou.sum().backward();

        // 21, 22 and 24 have an empty or inverted box: the reference's ε on the height alone decides there, ours keeps the gradient small.
        var rows = tensor(Enumerable.Range(0, 64).Where(row => row is not (21 or 22 or 24)).Select(row => (long)row).ToArray());
        TensorAssert.Close(golden["ciou"].index_select(0, rows), ciou.index_select(0, rows), Tolerance, 1e-6);
        TensorAssert.Close(golden["grad_ciouBoxes1"].index_select(0, rows), boxes.grad!.index_select(0, rows), 1e-4, 1e-5);
        Assert.True(boxes.grad!.isfinite().all().item<bool>());
    }

    private static IReadOnlyDictionary<string, Tensor> Distances() => Safetensors.Load(SharedFolder.Path("golden", "loss", "distances.safetensors"));

    /// <summary>Built targets as the reference gives them: scores (B, N, C), boxes (B, N, 4), and places among the image's targets (B, N).</summary>
    private static (Tensor Scores, Tensor Boxes, Tensor Targets) Dense(GoldenPointCase golden, PointTargets built)
    {
        var (scores, boxes, targets) = (zeros_like(golden["targetScores"]), zeros_like(golden["targetBoxes"]), zeros_like(golden["targetGtIndex"]));
        scores.index_put_(built.Scores, built.ImageIndex, built.PointIndex, built.Classes);
        boxes.index_put_(built.Boxes, built.ImageIndex, built.PointIndex);
        targets.index_put_(PlaceInImage(golden["targets"]).index_select(0, built.TargetIndex), built.ImageIndex, built.PointIndex);
        return (scores, boxes, targets);
    }

    private static Tensor PlaceInImage(Tensor targets)
    {
        var images = targets.shape[0] == 0 ? [] : targets.select(1, 0).contiguous().data<float>().ToArray();
        return tensor(images.Select((image, row) => (long)images.Take(row).Count(other => other == image)).ToArray());
    }

    private static TargetTable Table(GoldenPointCase golden)
    {
        var known = golden["gtMask"].nonzero();                                           // (G, 2): image, place
        var (image, place) = (known.select(1, 0).contiguous(), known.select(1, 1).contiguous());
        return new TargetTable(arange(known.shape[0], ScalarType.Int64), image, golden["gtClasses"].index(image, place), golden["gtBoxes"].index(image, place), golden["gtMask"].shape[0]);
    }

    /// <summary>(B, N, C) to (B, C, H, W) per layer.</summary>
    private static Tensor[] Levels(PointGrid grid, Tensor rows)
        => [.. grid.Levels.Select(level => rows.narrow(1, level.First, level.Count).transpose(1, 2).reshape(rows.shape[0], -1, level.Height, level.Width))];

    private static void AssertClose(double expected, double actual)
        => Assert.True(Math.Abs(expected - actual) <= Tolerance * Math.Max(Math.Abs(expected), 1e-3), $"expected {expected:R}, got {actual:R}");
}
