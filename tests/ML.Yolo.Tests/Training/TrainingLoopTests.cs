using ML.Yolo.Evaluation;
using ML.Yolo.Samples;
using ML.Yolo.Training;
using ML.Yolo.Training.Augmentation;
using static TorchSharp.torch;

namespace ML.Yolo.Tests.Training;

public sealed class TrainingLoopTests : IDisposable
{
    private const string FirstConvolution = "model.0.conv.weight";

    private static readonly Box Box = new(10, 10, 30, 30);

    private readonly TrainingSet _set = SquareSet.Draw(64, (64, 64, new SceneBox(0, new Box(10, 10, 40, 40))));
    private readonly YoloNetwork _network = YoloNetwork.Create(YoloArchitecture.V5Nano, classCount: 1);
    private readonly DetectionLoss _loss;

    public TrainingLoopTests() => _loss = AnchorLoss.Create(new YoloV5LossOptions(), _network.Anchors!);

    public void Dispose()
    {
        _loss.Dispose();
        _network.Dispose();
        _set.Dispose();
    }

    [Fact]
    public void Run_NoBetterValidationForAsLongAsPatience_StopsAndKeepsTheBest()
    {
        using var scope = NewDisposeScope();
        var weights = new List<Tensor>();
        using var loop = new TrainingLoop(_network, _loss, _set, TinySettings.Run(epochs: 30, new ValidationSettings(Interval: 1, Patience: 3)), [CPU])
        {
            Validate = average =>
            {
                weights.Add(average.state_dict()[FirstConvolution].clone());
                return new ValidationResult(Metrics(isFound: weights.Count == 2), Losses: null);
            },
        };

        using var best = loop.Run();

        Assert.Equal(5, loop.Report.History.Epochs.Count);
        TensorAssert.Equal(weights[1], best.state_dict()[FirstConvolution]);
    }

    [Fact]
    public void Run_CanceledWhileItValidates_GivesTheBestOfTheEpochsBefore()
    {
        using var scope = NewDisposeScope();
        var weights = new List<Tensor>();
        using var loop = new TrainingLoop(_network, _loss, _set, TinySettings.Run(epochs: 30), [CPU])
        {
            Validate = average =>
            {
                weights.Add(average.state_dict()[FirstConvolution].clone());
                return weights.Count < 3 ? new ValidationResult(Metrics(isFound: true), Losses: null) : null;
            },
        };

        using var best = loop.Run();

        Assert.Equal(2, loop.Report.History.Epochs.Count);
        TensorAssert.Equal(weights[1], best.state_dict()[FirstConvolution]);
    }

    [Fact]
    public void Run_CanceledWhileItValidatesTheFirstEpoch_Throws()
    {
        using var scope = NewDisposeScope();
        using var loop = new TrainingLoop(_network, _loss, _set, TinySettings.Run(epochs: 2), [CPU]) { Validate = _ => null };

        Assert.Throws<OperationCanceledException>(loop.Run);
    }

    [Theory]
    [InlineData(0)]
    [InlineData(3)]
    public void Run_FewerBatchesThanAStepTakes_StepsAllTheSame(double warmupEpochs)
    {
        using var scope = NewDisposeScope();
        var settings = TinySettings.Run(epochs: 3);
        settings = settings with { Optimizer = settings.Optimizer with { NominalBatchSize = 64, WarmupEpochs = warmupEpochs } };
        var first = new Dictionary<int, Tensor> { [0] = Convolution() };
        using var loop = new TrainingLoop(_network, _loss, _set, settings, [CPU]) { Report = Report(progress => first[progress.Epoch] = Convolution()) };

        loop.Run().Dispose();

        // A first step by the end of the first epoch, and one at the end with what was left.
        Assert.Equal([true, false, true], Enumerable.Range(1, 3).Select(epoch => !first[epoch].Equals(first[epoch - 1])));
    }

    [Fact]
    public void Run_LastGradientsFewerThanAStepTakes_StepsWithThem()
    {
        using var scope = NewDisposeScope();
        var settings = TinySettings.Run(epochs: 30);
        settings = settings with { Optimizer = settings.Optimizer with { NominalBatchSize = 28, WarmupEpochs = 0 } };
        var changed = new List<int>();
        var last = Convolution();
        using var loop = new TrainingLoop(_network, _loss, _set, settings, [CPU])
        {
            Report = Report(progress =>
            {
                if (!Convolution().Equals(last))
                    changed.Add(progress.Epoch);
                last = Convolution();
            }),
        };

        loop.Run().Dispose();

        Assert.Equal([1, 8, 15, 22, 29, 30], changed);
    }

    [Fact]
    public void Continue_EarlierRun_GoesOnFromItsTime()
    {
        using var scope = NewDisposeScope();
        var report = new RunReport();

        report.Continue(new TrainingHistory(
        [
            new TrainingEpoch { Epoch = 1, Losses = new Dictionary<string, float>(), LearningRate = 1, ImagesPerSecond = 1, Elapsed = TimeSpan.FromHours(2) },
        ]));
        report.Begin();

        Assert.InRange(report.Elapsed, TimeSpan.FromHours(2), TimeSpan.FromHours(3));
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

    private static RunReport Report(Action<TrainingProgress> epochEnded) => new()
    {
        Listener = new Observer(progress =>
        {
            if (progress.IsEpochEnd)
                epochEnded(progress);
        }),
    };

    private static DetectionMetrics Metrics(bool isFound)
    {
        var evaluator = DetectionEvaluator.Create(DetectionMetricDefinition.Coco);
        evaluator.AddImage([new EvaluatedObject(0, Box)], isFound ? [new EvaluatedDetection(0, Box, 0.9f)] : []);
        return evaluator.Evaluate(["square"]);
    }

    private Tensor Convolution() => _network.state_dict()[FirstConvolution].detach().clone();
}
