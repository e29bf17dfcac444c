using ML.Yolo.Evaluation;
using ML.Yolo.Training;
using ML.Yolo.Training.Augmentation;
using static TorchSharp.torch;

namespace ML.Yolo.Tests.Training;

public sealed class TrainingLoopTests
{
    private static readonly EvaluatedBox Box = new(10, 10, 30, 30);

    [Fact]
    public void Run_NoBetterValidationForAsLongAsPatience_StopsAndKeepsTheBest()
    {
        using var scope = NewDisposeScope();
        using var set = SquareSet.Draw(64, (64, 64, new SceneBox(0, 10, 10, 40, 40)));
        using var network = YoloNetwork.Create(YoloArchitecture.V5Nano, classCount: 1);
        using var loss = DetectionLoss.Create(new YoloV5LossOptions(), network.Anchors);
        var options = TinyRun.Options(epochs: 30);
        options.EarlyStoppingPatience = 3;
        var weights = new List<Tensor>();
        using var loop = new TrainingLoop(network, loss, set, options, seed: 1, CPU)
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
        using var set = SquareSet.Draw(64, [.. Enumerable.Range(0, 100).Select(i => (64, 64, new SceneBox(i % 10 == 0 ? 1 : 0, 10, 10, 40, 40)))]);

        var order = EpochOrder.Weighted(set, [0.9, 0.1], seed: 1, epoch: 1);

        Assert.Equal(100, order.Length);
        // Class 1 weighs 0.9² / 10 an image and class 0 weighs 0.1² / 90: nearly every draw is of class 1.
        Assert.InRange(order.Count(sample => sample % 10 == 0), 90, 100);
    }

    private static DetectionMetrics Metrics(bool isFound)
    {
        var evaluator = DetectionEvaluator.Create(DetectionMetricDefinition.Coco);
        evaluator.AddImage([new EvaluatedObject(0, Box)], isFound ? [new EvaluatedDetection(0, Box, 0.9f)] : []);
        return evaluator.Evaluate(["square"]);
    }
}
