using ML.Yolo.Evaluation;
using ML.Yolo.Training;
using ML.Yolo.Training.Augmentation;
using static TorchSharp.torch;

namespace ML.Yolo.Tests.Training;

public sealed class TrainingLoopTests
{
    private static readonly Box Box = new(10, 10, 30, 30);

    [Fact]
    public void Run_NoBetterValidationForAsLongAsPatience_StopsAndKeepsTheBest()
    {
        using var scope = NewDisposeScope();
        using var set = SquareSet.Draw(64, (64, 64, new SceneBox(0, new Box(10, 10, 40, 40))));
        using var network = YoloNetwork.Create(YoloArchitecture.V5Nano, classCount: 1);
        using var loss = AnchorLoss.Create(new YoloV5LossOptions(), network.Anchors!);
        var options = TinyRun.Options(epochs: 30);
        options.EarlyStoppingPatience = 3;
        var weights = new List<Tensor>();
        using var loop = new TrainingLoop(network, loss, set, options, seed: 1, [CPU])
        {
            Validate = average =>
            {
                weights.Add(average.state_dict()["model.0.conv.weight"].clone());
                return Metrics(isFound: weights.Count == 2);
            },
            Warn = _ => { },
            IsCanceled = () => false,
        };

        using var best = loop.Run();

        Assert.Equal(5, loop.History.Epochs.Count);
        TensorAssert.Equal(weights[1], best.state_dict()["model.0.conv.weight"]);
    }

    [Fact]
    public void Forward_BatchSharedByTwoDevices_GivesThePredictionsAndGradientsOfOne()
    {
        using var scope = NewDisposeScope();
        using var network = YoloNetwork.Create(YoloArchitecture.V5Nano, classCount: 2);
        using var alone = network.Clone();
        // Norms of half a batch differ from those of the whole; as they are they do not.
        network.eval();
        alone.eval();
        using var shared = new ReplicatedNetwork(network, [CPU, CPU, CPU], frozenLayers: 0, TrainingPrecision.Full);
        using var loss = AnchorLoss.Create(new YoloV5LossOptions(), network.Anchors!);
        var images = rand(5, 3, 64, 64);
        var targets = tensor(new[,] { { 0, 1, 0.5f, 0.5f, 0.3f, 0.4f }, { 3, 0, 0.2f, 0.6f, 0.2f, 0.2f }, { 4, 1, 0.7f, 0.3f, 0.5f, 0.3f } });

        var whole = alone.call(images);
        loss.Compute(whole, targets).Total.backward();
        var maps = shared.Forward(images);
        loss.Compute(maps, targets).Total.backward();
        shared.GatherGradients();

        Assert.All(whole.Zip(maps), pair => TensorAssert.Close(pair.First, pair.Second, 1e-5, 1e-5));
        Assert.All(alone.parameters().Zip(network.parameters()), pair => TensorAssert.Close(pair.First.grad!, pair.Second.grad!, 1e-4, 1e-5 * (1 + pair.First.grad!.abs().max().item<float>())));
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
        using var half = new ReplicatedNetwork(network, [CPU], frozenLayers: 0, TrainingPrecision.BFloat16);
        using var loss = AnchorLoss.Create(new YoloV5LossOptions(), network.Anchors!);
        var images = rand(4, 3, 64, 64);
        var targets = tensor(new[,] { { 0, 1, 0.5f, 0.5f, 0.3f, 0.4f }, { 3, 0, 0.2f, 0.6f, 0.2f, 0.2f } });

        var whole = alone.call(images);
        loss.Compute(whole, targets).Total.backward();
        var maps = half.Forward(images);
        loss.Compute(maps, targets).Total.backward();
        half.GatherGradients();

        Assert.All(maps, map => Assert.Equal(ScalarType.Float32, map.dtype));
        Assert.All(whole.Zip(maps), pair => Assert.InRange(Distance(pair.First, pair.Second), 1e-6, 0.01));
        Assert.InRange(Distance(Gradients(alone), Gradients(network)), 1e-6, 0.05);

        static Tensor Gradients(YoloNetwork network) => cat([.. network.parameters().Select(parameter => parameter.grad!.reshape(-1))], 0);
    }

    [Fact]
    public void GatherGradients_BFloat16_TakesOverTheNormsThatTheCopySaw()
    {
        using var scope = NewDisposeScope();
        using var network = YoloNetwork.Create(YoloArchitecture.V5Nano, classCount: 2);
        using var alone = network.Clone();
        using var half = new ReplicatedNetwork(network, [CPU], frozenLayers: 0, TrainingPrecision.BFloat16);
        var images = rand(4, 3, 64, 64);

        half.Train();
        alone.train();
        half.Forward(images);
        half.GatherGradients();
        alone.call(images);

        const string Norm = "model.0.bn.running_mean";
        Assert.InRange(Distance(alone.state_dict()[Norm], network.state_dict()[Norm]), 1e-6, 0.02);
    }

    [Fact]
    public void Fit_BFloat16_LearnsAndGivesAModelInSingle()
    {
        var options = TinyRun.Options(epochs: 12);
        options.Precision = TrainingPrecision.BFloat16;

        using var model = TinyRun.Fit(new Microsoft.ML.MLContext(seed: 1), options);

        var losses = model.History!.Epochs.Select(epoch => epoch.Losses.Values.Sum()).ToList();
        Assert.True(losses[^3..].Average() < 0.9 * losses[..3].Average(), $"losses: {string.Join(", ", losses)}");
        Assert.All(model.Network.parameters(), parameter => Assert.Equal(ScalarType.Float32, parameter.dtype));
    }

    [Fact]
    public void Fit_GpuThatIsNotThere_FallsBackWithAWarningOrThrows()
    {
        if (cuda.is_available())
            return;
        var mlContext = new Microsoft.ML.MLContext(seed: 1) { FallbackToCpu = false };
        var options = TinyRun.Options();
        options.DataParallelGpus = [0, 1];

        var exception = Assert.Throws<TorchBackendException>(() => TinyRun.Fit(mlContext, options));

        Assert.StartsWith("GPU 0, 1 was asked for, and LibTorch sees 0.", exception.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(0.5, 1)]
    [InlineData(0, 0)]
    public void Apply_BatchScale_ChangesSizesByWholeStridesOrNotAtAll(float gain, int least)
    {
        using var scope = NewDisposeScope();
        var scale = new BatchScale(size: 128, stride: 32, gain, seed: 1);

        var sides = Enumerable.Range(0, 20).Select(batch => scale.Apply(zeros(1, 3, 128, 128), epoch: 1, batch).shape).ToList();

        Assert.All(sides, shape => Assert.Equal((0, shape[2]), (shape[2] % 32, shape[3])));
        Assert.All(sides, shape => Assert.InRange(shape[2], 64, 192));
        Assert.True(sides.Select(shape => shape[2]).Distinct().Count() > least);
    }

    [Fact]
    public void Weighted_OneClassNotFoundYet_TakesItsImagesMoreOften()
    {
        using var set = SquareSet.Draw(64, [.. Enumerable.Range(0, 100).Select(i => (64, 64, new SceneBox(i % 10 == 0 ? 1 : 0, new Box(10, 10, 40, 40))))]);

        var order = EpochOrder.Weighted(set, [0.9, 0.1], seed: 1, epoch: 1);

        Assert.Equal(100, order.Length);
        // Class 1 weighs 0.9² / 10 an image and class 0 weighs 0.1² / 90: nearly every draw is of class 1.
        Assert.InRange(order.Count(sample => sample % 10 == 0), 90, 100);
    }

    private static double Distance(Tensor expected, Tensor actual) => ((expected - actual).norm() / expected.norm()).item<float>();

    private static DetectionMetrics Metrics(bool isFound)
    {
        var evaluator = DetectionEvaluator.Create(DetectionMetricDefinition.Coco);
        evaluator.AddImage([new EvaluatedObject(0, Box)], isFound ? [new EvaluatedDetection(0, Box, 0.9f)] : []);
        return evaluator.Evaluate(["square"]);
    }
}
