using System.Text.Json;
using ML.Yolo.Boxes;
using ML.Yolo.Imaging;
using ML.Yolo.Samples;
using ML.Yolo.Scoring;
using ML.Yolo.Tests.Distributed;
using ML.Yolo.Training;
using ML.Yolo.Training.Augmentation;
using static TorchSharp.torch;

namespace ML.Yolo.Tests.Training;

public sealed class ValidatorTests
{
    [Fact]
    public void Measure_NobodyCancels_AsksBeforeEachBatchAndMeasuresAllImages()
    {
        var asked = 0;
        var metrics = Measure(() => ++asked > 3);

        Assert.Equal(6, metrics!.ImageCount);
        Assert.Equal(3, asked);
    }

    [Fact]
    public void Measure_CanceledInTheMiddle_StopsThereWithoutMetrics()
    {
        var asked = 0;

        Assert.Null(Measure(() => ++asked == 2));
        Assert.Equal(2, asked);
    }

    [Fact]
    public void Measure_TwoRanks_GivesAllTheMetricsOfOneProcess()
    {
        var alone = Measure(() => false);
        var shared = ThreadRanks.Run(2, ranks => Measure(() => false, ranks));

        Assert.NotEqual(0, alone!.DetectionCount);
        Assert.All(shared, metrics => Assert.Equal(JsonSerializer.Serialize(alone), JsonSerializer.Serialize(metrics)));
    }

    [Fact]
    public void Measure_OneRankIsCanceled_StopsAllWithoutMetrics()
        => Assert.Equal([null, null], ThreadRanks.Run(2, ranks => Measure(() => ranks.Rank == 1, ranks)));

    [Theory]
    [InlineData(ScoringCanvas.Square)]
    [InlineData(ScoringCanvas.Tight)]
    public void Measure_LossGiven_GivesWhatTheLossIsOfTheSameImages(ScoringCanvas canvas)
    {
        using var scope = NewDisposeScope();
        using var set = SquareSet.Draw(64, [.. Enumerable.Range(0, 4).Select(i => (64, 64, new SceneBox(i % 2, new Box(10, 8 + i, 40, 50))))]);
        using var network = YoloNetwork.Create(YoloArchitecture.V8Nano, classCount: 2);
        network.eval();
        using var loss = DetectionLoss.Create(new YoloV8LossOptions(), network.Strides, classCount: 2);
        using var training = DetectionLoss.Create(new YoloV8LossOptions(), network.Strides, classCount: 2);

        var result = Validator(set, () => false, canvas, batchSize: 4, new ValidationLoss(loss, training), ["a", "b"]).Measure(network)!;

        using var noGradient = no_grad();
        var pixels = ImageBatch.Assemble([.. set.Samples.Select(set.Image)], 64, 64);
        var targets = tensor(Enumerable.Range(0, 4).SelectMany(i => new[] { i, i % 2, 25 / 64f, (29 + (i / 2f)) / 64f, 30 / 64f, (42 - i) / 64f }).ToArray()).reshape(4, 6);
        var expected = loss.Compute(network.call(ImageBatch.ToInput(pixels, CPU)), targets).Terms;
        Assert.Equal(["box", "cls", "dfl"], result.Losses!.Keys.Order());
        if (canvas == ScoringCanvas.Square)
            Assert.All(result.Losses, term => Assert.Equal(expected[term.Key].item<float>(), term.Value, 1e-4f));
        Assert.All(result.Losses.Values, term => Assert.InRange(term, 1e-6f, 1000));
    }

    [Fact]
    public void Measure_LossThatBalancesItself_LeavesTheTrainingsBalanceAsItIs()
    {
        using var scope = NewDisposeScope();
        using var set = SquareSet.Draw(64, (64, 64, new SceneBox(0, new Box(10, 10, 40, 40))));
        using var network = YoloNetwork.Create(YoloArchitecture.V5Nano, classCount: 1);
        network.eval();
        var anchors = network.Anchors!;
        using var training = new YoloV5Loss(anchors, new YoloV5LossOptions { AutoBalance = true });
        using var own = new YoloV5Loss(anchors, new YoloV5LossOptions { AutoBalance = true });
        training.Compute(network.call(rand(1, 3, 64, 64)), zeros(0, 6));
        var before = training.LayerBalance.ToArray();

        Validator(set, () => false, ScoringCanvas.Tight, batchSize: 2, new ValidationLoss(own, training), ["square"]).Measure(network);

        Assert.Equal(before, training.LayerBalance);
        Assert.NotEqual(before, own.LayerBalance);
    }

    private static DetectionMetrics? Measure(Func<bool> isCanceled, Distribution? ranks = null)
    {
        using var set = SquareSet.Draw(64, [.. Enumerable.Repeat((64, 64, new SceneBox(0, new Box(10, 10, 40, 40))), 6)]);
        using var network = YoloNetwork.Create(YoloArchitecture.V5Nano, classCount: 1, YoloV5BoxCoding.Instance, seed: 1);
        network.eval();
        return Validator(set, isCanceled, ScoringCanvas.Tight, batchSize: 2, loss: null, ["square"], ranks).Measure(network)?.Metrics;
    }

    private static Validator Validator(
        TrainingSet set, Func<bool> isCanceled, ScoringCanvas canvas, int batchSize, ValidationLoss? loss, IReadOnlyList<string> classNames,
        Distribution? ranks = null) => new(set)
        {
            ClassNames = classNames,
            Input = new DetectorInput("Image", ImageSize: 64, MaxStride: 32, ShowsBorders: true),
            Canvas = canvas,
            BatchSize = batchSize,
            Device = CPU,
            Loss = loss,
            IsCanceled = isCanceled,
            Distribution = ranks,
        };
}
