using System.Text.Json;
using ML.Yolo.Boxes;
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

    private static DetectionMetrics? Measure(Func<bool> isCanceled, Distribution? ranks = null)
    {
        using var set = SquareSet.Draw(64, [.. Enumerable.Repeat((64, 64, new SceneBox(0, new Box(10, 10, 40, 40))), 6)]);
        using var network = YoloNetwork.Create(YoloArchitecture.V5Nano, classCount: 1, YoloV5BoxCoding.Instance, seed: 1);
        network.eval();
        var validator = new Validator(set)
        {
            ClassNames = ["square"],
            Input = new DetectorInput("Image", ImageSize: 64, MaxStride: 32, ShowsBorders: true),
            Canvas = ScoringCanvas.Tight,
            BatchSize = 2,
            Device = CPU,
            IsCanceled = isCanceled,
            Distribution = ranks,
        };
        return validator.Measure(network);
    }
}
