using Microsoft.ML;
using ML.Yolo.Training;
using static TorchSharp.torch;

namespace ML.Yolo.Tests.Training;

public sealed class DeviceReplicasTests
{
    [Fact]
    public void Forward_BatchSharedByThreeDevices_GivesThePredictionsAndGradientsOfOne()
    {
        using var scope = NewDisposeScope();
        using var network = YoloNetwork.Create(YoloArchitecture.V5Nano, classCount: 2);
        using var alone = network.Clone();
        // Norms of half a batch differ from those of the whole; as they are they do not.
        network.eval();
        alone.eval();
        using var shared = new DeviceReplicas(network, [CPU, CPU, CPU], TrainingPrecision.Full, frozenLayers: 0);
        using var loss = AnchorLoss.Create(new YoloV5LossOptions(), network.Anchors!);
        var images = rand(5, 3, 64, 64);
        var targets = tensor(new[,] { { 0, 1, 0.5f, 0.5f, 0.3f, 0.4f }, { 3, 0, 0.2f, 0.6f, 0.2f, 0.2f }, { 4, 1, 0.7f, 0.3f, 0.5f, 0.3f } });

        var whole = alone.call(images);
        loss.Compute(whole, targets).Total.backward();
        var maps = shared.Forward(images);
        loss.Compute(maps, targets).Total.backward();
        shared.Collect();
        new DeviceExchange(shared).SumGradients(network);

        Assert.Equal(3, maps.Length);
        Assert.All(whole.Zip(maps), pair => TensorAssert.Close(pair.First, pair.Second, 1e-5, 1e-5));
        Assert.All(alone.parameters().Zip(network.parameters()), pair => AssertGradientsClose(pair.First, pair.Second));
        Assert.All(shared.Copies.SelectMany(copy => copy.parameters()), parameter => Assert.Equal(0, parameter.grad!.abs().max().item<float>()));
    }

    [Fact]
    public void Forward_BFloat16_GivesPredictionsAndGradientsOfFullButForRounding()
    {
        using var scope = NewDisposeScope();
        using var network = YoloNetwork.Create(YoloArchitecture.V5Nano, classCount: 2);
        using var alone = network.Clone();
        // Norms of a batch of noise divide by next to nothing, and would make much of every rounding.
        network.eval();
        alone.eval();
        using var half = new DeviceReplicas(network, [CPU], TrainingPrecision.BFloat16, frozenLayers: 0);
        using var loss = AnchorLoss.Create(new YoloV5LossOptions(), network.Anchors!);
        var images = rand(4, 3, 64, 64);
        var targets = tensor(new[,] { { 0, 1, 0.5f, 0.5f, 0.3f, 0.4f }, { 3, 0, 0.2f, 0.6f, 0.2f, 0.2f } });

        var whole = alone.call(images);
        loss.Compute(whole, targets).Total.backward();
        var maps = half.Forward(images);
        loss.Compute(maps, targets).Total.backward();
        half.Collect();

        Assert.Equal([ScalarType.Float32, ScalarType.Float32, ScalarType.Float32], maps.Select(map => map.dtype));
        Assert.All(whole.Zip(maps), pair => Assert.InRange(Distance(pair.First, pair.Second), 1e-6, 0.01));
        Assert.InRange(Distance(Gradients(alone), Gradients(network)), 1e-6, 0.05);

        static Tensor Gradients(YoloNetwork network) => cat([.. network.parameters().Select(parameter => parameter.grad!.reshape(-1))], 0);
    }

    [Fact]
    public void Collect_BFloat16_TakesOverTheNormsThatTheCopySaw()
    {
        using var scope = NewDisposeScope();
        using var network = YoloNetwork.Create(YoloArchitecture.V5Nano, classCount: 2);
        using var alone = network.Clone();
        using var half = new DeviceReplicas(network, [CPU], TrainingPrecision.BFloat16, frozenLayers: 0);
        var images = rand(4, 3, 64, 64);

        half.Train();
        alone.train();
        half.Forward(images);
        half.Collect();
        alone.call(images);

        const string Norm = "model.0.bn.running_mean";
        Assert.InRange(Distance(alone.state_dict()[Norm], network.state_dict()[Norm]), 1e-6, 0.02);
    }

    [Theory]
    [InlineData(TrainingPrecision.Full)]
    [InlineData(TrainingPrecision.BFloat16)]
    public void ShareWeights_NetworkThatChanged_ReachesWhatRunsOnEveryDevice(TrainingPrecision precision)
    {
        using var scope = NewDisposeScope();
        using var noGradient = no_grad();
        using var network = YoloNetwork.Create(YoloArchitecture.V5Nano, classCount: 2);
        network.eval();
        using var shared = new DeviceReplicas(network, [CPU, CPU], precision, frozenLayers: 0);
        var images = rand(1, 3, 64, 64).expand(2, 3, 64, 64);
        var before = shared.Forward(images)[0];

        foreach (var parameter in network.parameters())
            parameter.mul_(1.1);
        new DeviceExchange(shared).ShareWeights(network);
        shared.Refresh();
        var after = shared.Forward(images)[0];

        Assert.False(after.allclose(before));
        TensorAssert.Equal(after[0], after[1]);
    }

    [Fact]
    public void Fit_BFloat16_LearnsAndGivesAModelInSingle()
    {
        var options = TinyRun.Options(epochs: 12);
        options.Precision = TrainingPrecision.BFloat16;

        using var model = TinyRun.Fit(new MLContext(seed: 1), options);

        var losses = model.History!.Epochs.Select(epoch => epoch.Losses.Values.Sum()).ToList();
        Assert.True(losses[^3..].Average() < 0.9 * losses[..3].Average(), $"losses: {string.Join(", ", losses)}");
        Assert.Equal([ScalarType.Float32], model.Network.parameters().Select(parameter => parameter.dtype).Distinct());
    }

    [Fact]
    public void Fit_GpusThatAreNotThere_Throws()
    {
        var options = TinyRun.Options();
        options.DataParallelGpus = [1000, 1001];

        var exception = Assert.Throws<TorchBackendException>(() => TinyRun.Fit(new MLContext(seed: 1) { FallbackToCpu = false }, options));

        var there = cuda.is_available() ? cuda.device_count() : 0;
        Assert.StartsWith($"GPU 1000, 1001 was asked for, and LibTorch sees {there}.", exception.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Fit_GpusThatAreNotThereAndTheCpuMayServe_TrainsThereAndWarns()
    {
        var lines = new List<string>();
        var mlContext = new MLContext(seed: 1) { FallbackToCpu = true };
        mlContext.Log += (_, entry) => lines.Add(entry.Message);
        var options = TinyRun.Options(epochs: 1);
        options.DataParallelGpus = [1000, 1001];

        using var model = TinyRun.Fit(mlContext, options);

        Assert.Contains(lines, line => line.Contains("GPU 1000, 1001 is not there; the CPU is used.", StringComparison.Ordinal));
        Assert.Equal(CPU.type, model.Network.Anchors!.device_type);
    }

    private static void AssertGradientsClose(Tensor expected, Tensor actual)
        => TensorAssert.Close(expected.grad!, actual.grad!, 1e-4, 1e-5 * (1 + expected.grad!.abs().max().item<float>()));

    private static double Distance(Tensor expected, Tensor actual) => ((expected - actual).norm() / expected.norm()).item<float>();
}
