using System.Collections.Concurrent;
using ML.Yolo.Tests.Distributed;
using ML.Yolo.Training;
using static TorchSharp.torch;

namespace ML.Yolo.Tests.Training;

public sealed class TrainingStepTests : IDisposable
{
    private readonly YoloNetwork _network = YoloNetwork.Create(YoloArchitecture.V5Nano, classCount: 2);

    private static OptimizerSettings Settings => TinySettings.Optimizer with { WarmupEpochs = 0 };

    public void Dispose() => _network.Dispose();

    [Theory]
    [InlineData("v5")]
    [InlineData("v5, balanced by itself")]
    [InlineData("v3")]
    [InlineData("v8")]
    public void Learn_ThreeLearnersOfUnequalSharesAndNone_GivesAllTheWeightsOfOneWithTheWhole(string variant)
    {
        using var scope = NewDisposeScope();
        DetectionLossOptions loss = variant switch
        {
            "v3" => new YoloV3LossOptions(),
            "v8" => new YoloV8LossOptions(),
            _ => new YoloV5LossOptions { AutoBalance = variant != "v5" },
        };
        using var network = variant == "v8" ? YoloNetwork.Create(YoloArchitecture.V8Nano, classCount: 2) : _network.Clone();
        var pixels = Pixels(3);
        // Of the four objects one is in the left share of one image, three in the right one of two.
        var objects = tensor(new[,] { { 0.5f, 0.5f, 0.3f, 0.4f }, { 0.2f, 0.6f, 0.2f, 0.2f }, { 0.7f, 0.3f, 0.5f, 0.3f }, { 0.4f, 0.8f, 0.9f, 0.3f } });
        using var one = new Learner(network.Clone(), new NoExchange(), Settings, loss);
        using var ranks = new ThreadRanks(3);
        using var left = new Learner(network.Clone(), Exchange(ranks, 0), Settings, loss);
        using var right = new Learner(network.Clone(), Exchange(ranks, 1), Settings, loss);
        using var idle = new Learner(network.Clone(), Exchange(ranks, 2), Settings, loss);

        Learn(one, pixels, Targets(objects, 0, 1, 1, 2));
        Together(
            () => Learn(left, pixels.narrow(0, 0, 1), Targets(objects.narrow(0, 0, 1), 0)),
            () => Learn(right, pixels.narrow(0, 1, 2), Targets(objects.narrow(0, 1, 3), 0, 0, 1)),
            () => Learn(idle, pixels.narrow(0, 0, 0), zeros(0, 6)));

        foreach (var (name, expected) in one.Network.state_dict())
        {
            TensorAssert.Close(expected, left.Network.state_dict()[name], 1e-6, 1e-6);
            TensorAssert.Equal(left.Network.state_dict()[name], right.Network.state_dict()[name]);
            TensorAssert.Equal(left.Network.state_dict()[name], idle.Network.state_dict()[name]);
        }

        Assert.False(network.state_dict()["model.0.conv.weight"].Equals(one.Network.state_dict()["model.0.conv.weight"]));

        static void Learn(Learner learner, Tensor pixels, Tensor targets)
        {
            for (var batch = 0; batch < 2; batch++)
                Assert.Null(learner.Learn(pixels, targets, batch));
        }
    }

    [Fact]
    public void Learn_OneOfTwoLearnersWithALossThatIsNotFinite_StopsBothBeforeTheStep()
    {
        using var scope = NewDisposeScope();
        var (pixels, targets) = (Pixels(2), Targets(0, 1));
        using var ranks = new ThreadRanks(2);
        using var sound = new Learner(_network.Clone(), Exchange(ranks, 0), Settings);
        using var broken = new Learner(_network.Clone(), Exchange(ranks, 1), Settings);
        Spoil(broken.Network, float.NaN);
        Divergence? first = null, second = null;

        Together(() => first = sound.Learn(pixels, targets), () => second = broken.Learn(pixels, targets));

        Assert.NotNull(first);
        Assert.NotNull(second);
        Assert.Equal((0, 0), (sound.Steps, broken.Steps));
    }

    [Theory]
    [InlineData(10)]
    [InlineData(double.PositiveInfinity)]
    public void Learn_GradientsThatAreNotFiniteOfALossThatIs_MakesNoStepAndNamesTheSamplesSinceTheLast(double maxNorm)
    {
        using var scope = NewDisposeScope();
        using var learner = new Learner(_network.Clone(), new NoExchange(), Settings with { MaxGradientNorm = maxNorm, NominalBatchSize = 8 });
        var before = learner.Network.state_dict().ToDictionary(entry => entry.Key, entry => entry.Value.clone());
        var first = learner.Learn(Pixels(2), Targets(0, 1), index: 0);
        learner.Network.parameters().First().grad!.fill_(float.PositiveInfinity);
        var second = learner.Learn(Pixels(2), Targets(0, 1), index: 1);

        Assert.Null(first);
        Assert.Equal(
            "The norm of the gradients that were added up to epoch 1, batch 2 of 100 is not finite; its samples are rows 0, 1, 0, 1 of the training data. "
            + "Try a lower LearningRate or a longer warm-up, or look at those rows.",
            second!.ToString());
        Assert.Equal(0, learner.Steps);
        foreach (var (name, expected) in before)
            TensorAssert.Equal(expected, learner.Network.state_dict()[name]);
    }

    [Fact]
    public void Learn_LossThatIsNotFinite_NamesTheBatchAndItsSamples()
    {
        using var scope = NewDisposeScope();
        using var learner = new Learner(_network.Clone(), new NoExchange(), Settings with { NominalBatchSize = 64 });
        Spoil(learner.Network, float.NaN);

        var divergence = learner.Learn(Pixels(2), Targets(0, 1), index: 6);

        Assert.StartsWith("The loss of epoch 1, batch 7 of 100 is not finite; its samples are rows 0, 1 of", divergence!.ToString(), StringComparison.Ordinal);
    }

    private static RankExchange Exchange(ThreadRanks ranks, int rank) => new(ranks.Rank(rank), averagesStatistics: true);

    private static Tensor Pixels(int count) => (rand(count, Learner.ImageSize, Learner.ImageSize, 4) * 255).to(ScalarType.Byte);

    /// <summary>An object in each of the images.</summary>
    private static Tensor Targets(params int[] images) => Targets(tensor(new[] { 0.5f, 0.5f, 0.3f, 0.4f }).expand(images.Length, 4), images);

    /// <summary>(N, 6): objects (N, 4) of class 1 in images.</summary>
    private static Tensor Targets(Tensor objects, params int[] images)
        => cat([tensor(images).to(ScalarType.Float32).unsqueeze(1), ones(images.Length, 1), objects], 1);

    private static void Spoil(YoloNetwork network, float value)
    {
        using var noGradient = no_grad();
        network.parameters().Last().fill_(value);
    }

    private static void Together(params Action[] learners)
    {
        var failures = new ConcurrentQueue<Exception>();
        var threads = Array.ConvertAll(learners, learner => new Thread(() => Run(learner)));
        foreach (var thread in threads)
            thread.Start();
        foreach (var thread in threads)
            thread.Join();
        Assert.Empty(failures);

        void Run(Action learner)
        {
            try
            {
                learner();
            }
            catch (Exception exception)
            {
                failures.Enqueue(exception);
            }
        }
    }
}
