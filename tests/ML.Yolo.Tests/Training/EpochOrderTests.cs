using Microsoft.ML;
using ML.Yolo.Training;
using ML.Yolo.Training.Augmentation;

namespace ML.Yolo.Tests.Training;

public sealed class EpochOrderTests
{
    [Fact]
    public void Weighted_OneClassNotFoundYet_TakesItsImagesMoreOften()
    {
        using var set = SquareSet.Draw(64, [.. Enumerable.Range(0, 100).Select(i => (64, 64, new SceneBox(i % 10 == 0 ? 1 : 0, new Box(10, 10, 40, 40))))]);

        var order = EpochOrder.Weighted(set, [0.9, 0.1], seed: 1, epoch: 1);

        Assert.Equal(100, order.Length);
        // An image weighs 0.9² / 10 with class 1 and 0.1² / 90 with class 0: nearly every draw is of class 1.
        Assert.InRange(order.Count(sample => sample % 10 == 0), 90, 100);
    }

    [Fact]
    public void Weighted_NothingValidatedYet_DrawsEachClassAsOften()
    {
        using var set = SquareSet.Draw(64, [.. Enumerable.Range(0, 100).Select(i => (64, 64, new SceneBox(i % 10 == 0 ? 1 : 0, new Box(10, 10, 40, 40))))]);

        var draws = Enumerable.Range(1, 10).SelectMany(epoch => EpochOrder.Weighted(set, [0, 0], seed: 1, epoch)).ToList();

        // An image weighs 1 / 10 with class 1 and 1 / 90 with class 0: half of a thousand draws, give or take five standard deviations.
        Assert.InRange(draws.Count(sample => sample % 10 == 0), 420, 580);
    }

    [Fact]
    public void Fit_ImageWeightsWithoutValidation_DrawsFromTheFirstEpoch()
    {
        var options = TinyRun.Options(epochs: 1);
        using var each = TinyRun.Fit(new MLContext(seed: 1), options);
        options.ImageWeights = true;

        using var drawn = TinyRun.Fit(new MLContext(seed: 1), options);

        Assert.NotEqual(each.History!.Epochs[0].Losses["box"], drawn.History!.Epochs[0].Losses["box"]);
    }

    [Fact]
    public void Fit_ImageWeights_SaysThatSamplesWithoutObjectsAreNotDrawn()
    {
        var lines = new List<string>();
        var mlContext = new MLContext(seed: 1);
        mlContext.Log += (_, entry) => lines.Add(entry.Message);
        var options = TinyRun.Options(epochs: 1);
        options.ImageWeights = true;

        TinyRun.Fit(mlContext, options).Dispose();

        Assert.Contains(lines, line => line.Contains("ImageWeights draws no samples without objects: 1 of 8 are not learned.", StringComparison.Ordinal));
    }
}
