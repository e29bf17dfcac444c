using ML.Yolo.Scoring;
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

    private static DetectionMetrics? Measure(Func<bool> isCanceled)
    {
        using var set = SquareSet.Draw(64, [.. Enumerable.Repeat((64, 64, new SceneBox(0, new Box(10, 10, 40, 40))), 6)]);
        using var network = YoloNetwork.Create(YoloArchitecture.V5Nano, classCount: 1);
        network.eval();
        var validator = new Validator(set)
        {
            ClassNames = ["square"],
            Input = new DetectorInput("Image", ImageSize: 64, MaxStride: 32, ShowsBorders: true),
            Canvas = ScoringCanvas.Tight,
            BatchSize = 2,
            Device = CPU,
            IsCanceled = isCanceled,
        };
        return validator.Measure(network);
    }
}
