using Microsoft.ML;

namespace ML.Yolo.Tests.Training;

public sealed class DivergenceTests
{
    [Fact]
    public void Fit_LossNotFinite_NamesEpochBatchAndRows()
    {
        var options = TinyRun.Options(epochs: 5);
        (options.LearningRate, options.WarmupEpochs, options.GradientClipNorm) = (1e30, 0, 0);

        var exception = Assert.Throws<TrainingDivergedException>(() => TinyRun.Fit(new MLContext(seed: 1), options));

        Assert.Matches(
            @"^The loss of epoch \d, batch \d of 2 is not finite; its samples are rows \d, \d, \d, \d of the training data\. Try a lower LearningRate",
            exception.Message);
    }

    [Theory]
    [InlineData(10)]
    [InlineData(0)]
    public void Fit_GradientsNotFiniteThoughTheLossIs_ThrowsBeforeTheyReachTheWeights(double clipNorm)
    {
        var options = TinyRun.Options(epochs: 1);
        (options.Loss, options.GradientClipNorm) = (new YoloV5LossOptions { BoxWeight = 1e37f }, clipNorm);

        var exception = Assert.Throws<TrainingDivergedException>(() => TinyRun.Fit(new MLContext(seed: 1), options, images: 4));

        Assert.StartsWith("The norm of the gradients that were added up to epoch 1, batch 1 of 1 is not finite;", exception.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Fit_LastStepRuinsTheWeights_Throws()
    {
        var options = TinyRun.Options(epochs: 1);
        (options.LearningRate, options.GradientClipNorm, options.Loss) = (1e37, 0, new YoloV5LossOptions { BoxWeight = 100 });

        var exception = Assert.Throws<TrainingDivergedException>(() => TinyRun.Fit(new MLContext(seed: 1), options, images: 4));

        Assert.StartsWith("The averaged weights after epoch 1 are not finite.", exception.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(1e30)]
    [InlineData(1e37)]
    public void Fit_DivergesAfterTheFirstEpoch_KeepsTheBestWhereAsked(double rate)
    {
        var lines = new List<string>();
        var mlContext = new MLContext(seed: 1);
        mlContext.Log += (_, entry) => lines.Add(entry.Message);
        var options = TinyRun.Options(epochs: 320);
        (options.LearningRate, options.GradientClipNorm, options.OnNonFiniteLoss) = (rate, 0, NonFiniteLossHandling.KeepBest);
        // The first step of a warm-up has rate 0; the second, of two batches, comes in the second epoch.
        (options.NominalBatchSize, options.WarmupEpochs, options.WarmupBiasLearningRate) = (256, 1, 0);

        using var model = TinyRun.Fit(mlContext, options);

        Assert.Single(model.History!.Epochs);
        Assert.All(model.Network.state_dict(), entry => Assert.True(entry.Value.isfinite().all().item<bool>(), entry.Key));
        Assert.Contains(lines, line => line.EndsWith("Training ends; the best weights so far are kept.", StringComparison.Ordinal));
    }
}
