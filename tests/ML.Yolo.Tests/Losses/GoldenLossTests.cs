using LossAnalysis;
using static TorchSharp.torch;

namespace ML.Yolo.Tests.Losses;

/// <summary>The losses against the numbers of the reference implementations.</summary>
public sealed class GoldenLossTests
{
    private const double Tolerance = 1e-5;

    public static TheoryData<string> Cases =>
    [
        "v5-notebook", "v5-random", "v5-borders", "v5-rectangular", "v5-four-layers", "v5-single-class", "v5-no-targets", "v5-image-without-targets",
        "v5-anchor-threshold", "v5-label-smoothing", "v5-positive-weights", "v5-focal", "v5-gr", "v5-sort", "v5-autobalance",
        "v3-notebook", "v3-random", "v3-borders", "v3-rectangular", "v3-single-class", "v3-no-targets", "v3-label-smoothing", "v3-two-in-one-cell",
    ];

    [SharedTheory]
    [MemberData(nameof(Cases))]
    public void BuildTargets_GoldenCase_GivesTheReferenceRowsInTheirOrder(string name)
    {
        using var scope = NewDisposeScope();
        using var golden = new GoldenLossCase(name);
        using var loss = golden.CreateLoss();

        var layers = loss.BuildTargets(golden.Predictions, golden.Targets);

        Assert.Equal(golden.BuiltTargets, layers.Select(layer => layer.Count));
        for (var i = 0; i < layers.Count; i++)
        {
            if (layers[i].NoObjectMask is { } mask)
                TensorAssert.Equal(golden.Expected($"l{i}.noObject"), mask);
            if (layers[i].Count == 0)
                continue;
            TensorAssert.Equal(golden.Expected($"l{i}.classes"), layers[i].Classes);
            TensorAssert.Equal(golden.Expected($"l{i}.image"), layers[i].ImageIndex);
            TensorAssert.Equal(golden.Expected($"l{i}.anchor"), layers[i].AnchorIndex);
            TensorAssert.Equal(golden.Expected($"l{i}.gridY"), layers[i].GridY);
            TensorAssert.Equal(golden.Expected($"l{i}.gridX"), layers[i].GridX);
            TensorAssert.Equal(golden.Expected($"l{i}.anchors"), layers[i].Anchors);
            TensorAssert.Equal(golden.Expected($"l{i}.boxes"), layers[i].Boxes);
        }
    }

    [SharedTheory]
    [MemberData(nameof(Cases))]
    public void Compute_GoldenCase_GivesTheReferenceTotalsTermsAndGradients(string name)
    {
        using var scope = NewDisposeScope();
        using var golden = new GoldenLossCase(name);
        using var loss = golden.CreateLoss();

        for (var call = 0; call < golden.Calls; call++)
        {
            var result = loss.Compute(golden.Predictions, golden.Targets);

            AssertClose(golden.ExpectedTotal(call), result.Total.item<float>());
            Assert.Equal(loss.TermNames, result.Terms.Keys);
            foreach (var term in loss.TermNames)
                AssertClose(golden.ExpectedTerm(call, term), result.Terms[term].item<float>());
            if (loss is YoloV5Loss v5)
                Assert.All(golden.ExpectedBalance(call).Zip(v5.LayerBalance), pair => AssertClose(pair.First, pair.Second));
            if (call == golden.Calls - 1)
                result.Total.backward();
        }

        for (var i = 0; i < golden.LayerCount; i++)
        {
            var expected = golden.Expected($"grad_p{i}");
            // Relative to the largest gradient of the layer: the smallest ones are differences of nearly equal numbers.
            TensorAssert.Close(expected, golden.Predictions[i].grad!, Tolerance, Tolerance * expected.abs().max().item<float>());
        }
    }

    [Theory]
    [InlineData("v5", new[] { 30, 21, 12 })]
    [InlineData("v3", new[] { 3, 3, 2 })]
    public void BuildTargets_NotebookTargets_GivesTheNotebookCounts(string variant, int[] expected)
    {
        using var scope = NewDisposeScope();
        AnchorLossOptions options = variant == "v5" ? new YoloV5LossOptions() : new YoloV3LossOptions { IouThreshold = 0.2f };
        using var loss = AnchorLoss.Create(options, NotebookInput.Anchors());

        var layers = loss.BuildTargets(NotebookInput.Predictions(), NotebookInput.Targets());

        Assert.Equal(expected, layers.Select(layer => layer.Count));
    }

    private static void AssertClose(double expected, double actual)
        => Assert.True(Math.Abs(expected - actual) <= Tolerance * Math.Max(Math.Abs(expected), 1e-3), $"expected {expected:R}, got {actual:R}");
}
