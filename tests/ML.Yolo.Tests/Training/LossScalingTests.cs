using Microsoft.ML;
using ML.Yolo.Tests.Networks;
using ML.Yolo.Training;

namespace ML.Yolo.Tests.Training;

public sealed class LossScalingTests
{
    // The reference: box · 3 / layers, class · classes / 80 · 3 / layers, objectness · (size / 640)² · 3 / layers.
    [Theory]
    [InlineData(80, 640, 3, 0.05, 0.5, 1)]
    [InlineData(20, 320, 3, 0.05, 0.125, 0.25)]
    [InlineData(80, 1280, 4, 0.0375, 0.375, 3)]
    [InlineData(20, 320, 2, 0.075, 0.1875, 0.375)]
    public void Apply_YoloV5Loss_GivesTheReferencesWeights(int classes, int size, int layers, double box, double label, double objectness)
    {
        var scaled = (YoloV5LossOptions)LossScaling.Apply(new YoloV5LossOptions(), classes, size, layers);

        Assert.Equal([box, label, objectness], [scaled.BoxWeight, scaled.ClassWeight, scaled.ObjectnessWeight], (a, b) => Math.Abs(a - b) < 1e-6);
    }

    [Fact]
    public void Apply_AnyLoss_LeavesTheOriginalAsItIs()
    {
        var original = new YoloV5LossOptions();

        LossScaling.Apply(original, classCount: 3, imageSize: 320, layerCount: 2);

        Assert.Equal((0.05f, 0.5f, 1f), (original.BoxWeight, original.ClassWeight, original.ObjectnessWeight));
    }

    [Fact]
    public void Fit_NetworkOfTwoLayersScaled_LearnsAsWithTheReferencesWeights()
    {
        var scaled = Options(scales: true, new YoloV5LossOptions());
        // Two classes, 64 pixels, two layers.
        var weights = new YoloV5LossOptions { BoxWeight = 0.05f * 1.5f, ClassWeight = 0.5f * (2 / 80f * 1.5f), ObjectnessWeight = 0.01f * 1.5f };
        var byHand = Options(scales: false, weights);

        using var one = TinyRun.Fit(new MLContext(seed: 1), scaled);
        using var other = TinyRun.Fit(new MLContext(seed: 1), byHand);

        Assert.Equal(one.History!.Epochs[0].Losses["obj"], other.History!.Epochs[0].Losses["obj"], 1e-6f);
        Assert.Equal(one.History!.Epochs[0].Losses["box"], other.History!.Epochs[0].Losses["box"], 1e-5f);
        Assert.Equal(one.History!.Epochs[0].Losses["cls"], other.History!.Epochs[0].Losses["cls"], 1e-6f);
    }

    private static YoloTrainer.Options Options(bool scales, YoloV5LossOptions loss)
    {
        var options = TinyRun.Options(epochs: 1);
        (options.Architecture, options.Loss, options.ScaleLossWeights, options.AutoAnchor) = (SmallArchitecture.EveryBlock, loss, scales, false);
        return options;
    }
}
