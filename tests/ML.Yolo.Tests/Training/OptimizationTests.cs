using ML.Yolo.Training;
using static TorchSharp.torch;

namespace ML.Yolo.Tests.Training;

public sealed class OptimizationTests
{
    private const double Rate = 0.1;
    private const double Momentum = 0.9;
    private const double Decay = 0.5;

    private static OptimizerSettings Settings => TinySettings.Optimizer with
    {
        LearningRate = Rate,
        Momentum = Momentum,
        WeightDecay = Decay,
        WarmupEpochs = 0,
        MaxGradientNorm = double.PositiveInfinity,
        BatchSize = 16,
        NominalBatchSize = 16,
    };

    [Theory]
    [InlineData("model.0.conv.weight", Decay)]
    [InlineData("model.0.bn.weight", 0)]
    [InlineData("model.0.bn.bias", 0)]
    [InlineData("model.24.m.0.bias", 0)]
    public void Step_TwoStepsOfSgd_MovesByNesterovsRuleAndDecaysConvolutionsAlone(string name, double decay)
    {
        using var scope = NewDisposeScope();
        using var network = YoloNetwork.Create(YoloArchitecture.V5Nano, classCount: 1);
        using var optimization = new Optimization(network, Settings, batchesPerEpoch: 100);
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
    public void Step_SgdWithoutMomentum_MovesAgainstTheGradient()
    {
        using var scope = NewDisposeScope();
        using var network = YoloNetwork.Create(YoloArchitecture.V5Nano, classCount: 1);
        using var optimization = new Optimization(network, Settings with { Momentum = 0 }, batchesPerEpoch: 100);
        var expected = network.state_dict()["model.0.bn.weight"] - (2 * Rate * 0.3);

        Step(network, optimization, gradient: 0.3);
        Step(network, optimization, gradient: 0.3);

        TensorAssert.Close(expected, network.state_dict()["model.0.bn.weight"], 1e-5, 1e-6);
    }

    [Fact]
    public void CountBatch_NominalBatchOfThreeBatches_IsDueAtEveryThird()
    {
        using var scope = NewDisposeScope();
        using var network = YoloNetwork.Create(YoloArchitecture.V5Nano, classCount: 1);
        using var optimization = new Optimization(network, Settings with { NominalBatchSize = 48 }, batchesPerEpoch: 100);

        Assert.Equal([false, false, true, false, false, true], Enumerable.Range(0, 6).Select(_ => Step(network, optimization, 0.1)));
    }

    [Fact]
    public void CountBatch_StepThatMustBe_IsDueAndCountsAnew()
    {
        using var scope = NewDisposeScope();
        using var network = YoloNetwork.Create(YoloArchitecture.V5Nano, classCount: 1);
        using var optimization = new Optimization(network, Settings with { NominalBatchSize = 48 }, batchesPerEpoch: 100);

        Assert.Equal([true, false, false, true], Enumerable.Range(0, 4).Select(batch => Step(network, optimization, 0.1, mustStep: batch == 0)));
    }

    [Theory]
    [InlineData(10, 10)]
    [InlineData(double.PositiveInfinity, 1e3)]
    public void Clip_GradientsOfNormAThousand_ShortensThemToTheLimitAndTellsTheirNorm(double limit, double expected)
    {
        using var scope = NewDisposeScope();
        using var network = YoloNetwork.Create(YoloArchitecture.V5Nano, classCount: 1);
        using var optimization = new Optimization(network, Settings with { MaxGradientNorm = limit }, batchesPerEpoch: 100);
        var count = network.parameters().Sum(parameter => parameter.numel());
        SetGradients(network, 1e3 / Math.Sqrt(count));

        Assert.Equal(1e3, optimization.Clip(), 1e-1);
        Assert.Equal(expected, Math.Sqrt(network.parameters().Sum(parameter => parameter.grad!.square().sum().item<float>())), 1e-1);
    }

    [Theory]
    [InlineData(10)]
    [InlineData(double.PositiveInfinity)]
    public void Clip_OneGradientThatIsNotFinite_TellsANormThatIsNot(double limit)
    {
        using var scope = NewDisposeScope();
        using var network = YoloNetwork.Create(YoloArchitecture.V5Nano, classCount: 1);
        using var optimization = new Optimization(network, Settings with { MaxGradientNorm = limit }, batchesPerEpoch: 100);
        SetGradients(network, 0.1);
        network.parameters().Last().grad!.view(-1)[0] = float.NaN;

        Assert.False(double.IsFinite(optimization.Clip()));
    }

    [Theory]
    [InlineData(OptimizerKind.Adam)]
    [InlineData(OptimizerKind.AdamW)]
    public void Step_ThreeStepsOfAdam_MovesAsTorchSharpsOwn(OptimizerKind kind)
    {
        using var scope = NewDisposeScope();
        using var network = YoloNetwork.Create(YoloArchitecture.V5Nano, classCount: 1);
        using var optimization = new Optimization(network, Settings with { Kind = kind }, batchesPerEpoch: 100);
        const string name = "model.0.conv.weight";
        var expected = new TorchSharp.Modules.Parameter(network.state_dict()[name].clone());
        using TorchSharp.Modules.OptimizerHelper own = kind == OptimizerKind.Adam
            ? optim.Adam([expected], Rate, Momentum, weight_decay: Decay)
            : optim.AdamW([expected], Rate, Momentum, weight_decay: Decay);

        for (var i = 1; i <= 3; i++)
        {
            expected.grad = full_like(expected, 0.1 * i).detach();
            own.step();
            Step(network, optimization, gradient: 0.1 * i);
        }

        TensorAssert.Close(expected, network.state_dict()[name], 1e-5, 1e-6);
    }

    private static bool Step(YoloNetwork network, Optimization optimization, double gradient, bool mustStep = false)
    {
        optimization.BeginBatch(epoch: 1);
        SetGradients(network, gradient);
        var isDue = optimization.CountBatch(mustStep);
        if (isDue)
            optimization.Step();
        return isDue;
    }

    private static void SetGradients(YoloNetwork network, double value)
    {
        foreach (var parameter in network.parameters())
            parameter.grad = full_like(parameter, value).detach();
    }
}
