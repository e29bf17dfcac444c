using ML.Yolo.Training;
using static TorchSharp.torch;

namespace ML.Yolo.Tests.Training;

public sealed class OptimizationTests
{
    private const double Rate = 0.1;
    private const double Momentum = 0.9;
    private const double Decay = 0.5;

    [Theory]
    [InlineData("model.0.conv.weight", Decay)]
    [InlineData("model.0.bn.weight", 0)]
    [InlineData("model.0.bn.bias", 0)]
    [InlineData("model.24.m.0.bias", 0)]
    public void EndBatch_TwoStepsOfSgd_MovesByNesterovsRuleAndDecaysConvolutionsAlone(string name, double decay)
    {
        using var scope = NewDisposeScope();
        using var network = YoloNetwork.Create(YoloArchitecture.V5Nano, classCount: 1);
        using var optimization = new Optimization(network, Options(), batchesPerEpoch: 100);
        var expected = network.state_dict()[name].clone();
        var velocity = zeros_like(expected);

        for (var step = 0; step < 2; step++)
        {
            var gradient = full_like(expected, 0.3) + (expected * decay);
            velocity = (velocity * Momentum) + gradient;
            expected -= (gradient + (velocity * Momentum)) * Rate;
            Step(network, optimization, gradient: 0.3);
        }

        TensorAssert.Close(expected, network.state_dict()[name], 1e-5, 1e-6);
    }

    [Fact]
    public void EndBatch_NominalBatchOfThreeBatches_StepsAtEveryThird()
    {
        using var scope = NewDisposeScope();
        using var network = YoloNetwork.Create(YoloArchitecture.V5Nano, classCount: 1);
        var options = Options();
        options.NominalBatchSize = 3 * options.BatchSize;
        using var optimization = new Optimization(network, options, batchesPerEpoch: 100);

        Assert.Equal([false, false, true, false, false, true], Enumerable.Range(0, 6).Select(_ => Step(network, optimization, 0.1)));
    }

    [Fact]
    public void BeginBatch_WarmingUp_RaisesTheRateFromZero()
    {
        using var scope = NewDisposeScope();
        using var network = YoloNetwork.Create(YoloArchitecture.V5Nano, classCount: 1);
        var options = Options();
        options.WarmupEpochs = 2;
        using var optimization = new Optimization(network, options, batchesPerEpoch: 50);
        var rates = new List<double>();

        for (var batch = 0; batch < 102; batch++)
        {
            optimization.BeginBatch(epoch: 1);
            rates.Add(optimization.LearningRate);
            optimization.EndBatch();
        }

        Assert.Equal([0, Rate / 2, Rate, Rate], [rates[0], rates[50], rates[100], rates[101]], (a, b) => Math.Abs(a - b) < 1e-9);
    }

    private static YoloTrainer.Options Options() => new()
    {
        LearningRate = Rate,
        Momentum = Momentum,
        WeightDecay = Decay,
        WarmupEpochs = 0,
        GradientClipNorm = 0,
        NominalBatchSize = 16,
    };

    private static bool Step(YoloNetwork network, Optimization optimization, double gradient)
    {
        optimization.BeginBatch(epoch: 1);
        foreach (var parameter in network.parameters())
            parameter.grad = full_like(parameter, gradient).detach();
        return optimization.EndBatch();
    }
}
