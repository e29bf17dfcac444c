using ML.Yolo.Evaluation;

namespace ML.Yolo.Tests.Evaluation;

public sealed class CocoEvaluatorTests
{
    private static readonly Box Here = new(0, 0, 10, 10);
    private static readonly Box There = new(50, 50, 60, 60);

    private readonly DetectionEvaluator _evaluator = DetectionEvaluator.Create(DetectionMetricDefinition.Coco);

    [Fact]
    public void Evaluate_EveryObjectFoundExactly_GivesOne()
    {
        _evaluator.AddImage(
            [new EvaluatedObject(0, Here), new EvaluatedObject(1, There)],
            [new EvaluatedDetection(0, Here, 0.9f), new EvaluatedDetection(1, There, 0.8f)]);

        var metrics = Evaluate();

        Assert.Equal((1, 1, 1, 1), (metrics.MAP50, metrics.MAP75, metrics.MAP50_95, metrics.F1));
    }

    [Fact]
    public void Evaluate_OneOfTwoObjectsFound_GivesTheRecallLevelsUpToOneHalf()
    {
        _evaluator.AddImage([new EvaluatedObject(0, Here), new EvaluatedObject(0, There)], [new EvaluatedDetection(0, Here, 0.9f)]);

        Assert.Equal(51 / 101.0, Evaluate().MAP50, 12);
    }

    [Fact]
    public void Evaluate_ObjectFoundTwice_CountsTheSecondAsWrong()
    {
        _evaluator.AddImage(
            [new EvaluatedObject(0, Here), new EvaluatedObject(0, There)],
            [new EvaluatedDetection(0, Here, 0.9f), new EvaluatedDetection(0, Here, 0.8f), new EvaluatedDetection(0, There, 0.7f)]);

        // Precision 1 up to recall 0.5, then 2/3.
        Assert.Equal(((51 * 1.0) + (50 * 2 / 3.0)) / 101, Evaluate().MAP50, 12);
    }

    [Fact]
    public void Evaluate_OverlapOfExactlyThreeQuarters_CountsUpToThatThreshold()
    {
        _evaluator.AddImage([new EvaluatedObject(0, new Box(0, 0, 4, 1))], [new EvaluatedDetection(0, new Box(0, 0, 3, 1), 0.9f)]);

        var metrics = Evaluate();

        Assert.Equal((1, 1), (metrics.MAP50, metrics.MAP75));
        Assert.Equal(0.6, metrics.MAP50_95, 12);
    }

    [Fact]
    public void Evaluate_NothingDetected_GivesZeros()
    {
        _evaluator.AddImage([new EvaluatedObject(0, Here)], []);

        var metrics = Evaluate();

        Assert.Equal((0, 0, 0, 1), (metrics.MAP50, metrics.Precision, metrics.F1, metrics.BestScoreThreshold));
    }

    [Fact]
    public void Evaluate_ClassWithoutObjects_IsLeftOutOfTheMean()
    {
        _evaluator.AddImage([new EvaluatedObject(0, Here)], [new EvaluatedDetection(0, Here, 0.9f), new EvaluatedDetection(1, There, 0.9f)]);

        var metrics = Evaluate();

        Assert.Equal(1, metrics.MAP50);
        Assert.True(double.IsNaN(metrics.PerClass[1].AveragePrecision50));
    }

    [Fact]
    public void Evaluate_DetectionInAnImageWithoutObjects_IsWrong()
    {
        _evaluator.AddImage([], [new EvaluatedDetection(0, Here, 0.95f)]);
        _evaluator.AddImage([new EvaluatedObject(0, Here)], [new EvaluatedDetection(0, Here, 0.9f)]);

        Assert.Equal(0.5, Evaluate().MAP50, 12);
    }

    [Fact]
    public void Evaluate_MoreThanAHundredDetectionsOfAClassInAnImage_CountsTheHundredMostConfident()
    {
        _evaluator.AddImage(
            [new EvaluatedObject(0, Here)],
            [.. Enumerable.Range(0, 100).Select(i => new EvaluatedDetection(0, There, 0.9f)), new EvaluatedDetection(0, Here, 0.1f)]);

        Assert.Equal(0, Evaluate().MAP50);
    }

    [Fact]
    public void Evaluate_TwoDetectionsInACrowd_CountsNeitherForNorAgainst()
    {
        var inCrowd = new Box(52, 52, 58, 58);
        _evaluator.AddImage(
            [new EvaluatedObject(0, Here), new EvaluatedObject(0, There, IsCrowd: true)],
            [new EvaluatedDetection(0, inCrowd, 0.9f), new EvaluatedDetection(0, inCrowd, 0.8f), new EvaluatedDetection(0, Here, 0.7f)]);

        var metrics = Evaluate();

        Assert.Equal((1, 1, 1), (metrics.MAP50, metrics.GroundTruthCount, metrics.IgnoredGroundTruthCount));
    }

    [Fact]
    public void Evaluate_TwoDetectionsOfAnIgnoredObject_CountsTheSecondAsWrong()
    {
        _evaluator.AddImage(
            [new EvaluatedObject(0, Here), new EvaluatedObject(0, There, IsIgnored: true)],
            [new EvaluatedDetection(0, There, 0.9f), new EvaluatedDetection(0, There, 0.8f), new EvaluatedDetection(0, Here, 0.7f)]);

        Assert.Equal(0.5, Evaluate().MAP50, 12);
    }

    [Fact]
    public void Evaluate_SmallFoundAndLargeMissed_TellsTheSizesApart()
    {
        _evaluator.AddImage([new EvaluatedObject(0, Here), new EvaluatedObject(0, new Box(100, 100, 300, 300))], [new EvaluatedDetection(0, Here, 0.9f)]);

        var sizes = Evaluate().BySize;

        Assert.Equal(
            [(ObjectSize.Small, 1, 1.0, 1.0), (ObjectSize.Medium, 0, double.NaN, double.NaN), (ObjectSize.Large, 1, 0.0, 0.0)],
            sizes.Select(size => (size.Size, size.GroundTruthCount, size.MAP50_95, size.AverageRecall)));
    }

    [Fact]
    public void Evaluate_AreaGiven_DecidesTheSizeInsteadOfTheBox()
    {
        _evaluator.AddImage([new EvaluatedObject(0, Here, Area: 5000)], [new EvaluatedDetection(0, Here, 0.9f)]);

        Assert.Equal([0, 1, 0], Evaluate().BySize.Select(size => size.GroundTruthCount));
    }

    [Fact]
    public void Evaluate_SecondDetectionIsTheRightOne_IsRecalledFromTheLimitOfTen()
    {
        _evaluator.AddImage([new EvaluatedObject(0, Here)], [new EvaluatedDetection(0, There, 0.9f), new EvaluatedDetection(0, Here, 0.8f)]);

        Assert.Equal(
            [(1, 0.0, 0.0), (10, 0.5, 1.0), (100, 0.5, 1.0)],
            Evaluate().ByDetectionLimit.Select(limit => (limit.MaxDetections, Math.Round(limit.MAP50_95, 12), limit.AverageRecall)));
    }

    [Fact]
    public void Evaluate_EqualScores_TakesTheDetectionGivenFirst()
    {
        _evaluator.AddImage([new EvaluatedObject(0, Here)], [new EvaluatedDetection(0, Here, 0.5f), new EvaluatedDetection(0, There, 0.5f)]);
        _evaluator.AddImage([new EvaluatedObject(1, Here)], [new EvaluatedDetection(1, There, 0.5f), new EvaluatedDetection(1, Here, 0.5f)]);

        Assert.Equal([1, 0.5], Evaluate().PerClass.Select(item => Math.Round(item.AveragePrecision50, 12)));
    }

    [Fact]
    public void Evaluate_ClassesAtOneThreshold_GivesEachItsOwnRates()
    {
        _evaluator.AddImage(
            [new EvaluatedObject(0, Here), new EvaluatedObject(1, There)],
            [new EvaluatedDetection(0, Here, 0.9f), new EvaluatedDetection(1, There, 0.8f), new EvaluatedDetection(1, Here, 0.8f)]);

        var metrics = Evaluate();

        Assert.Equal([(1, 1, 1), (0.5, 1, 2 / 3.0)], metrics.PerClass.Select(item => (item.Precision, item.Recall, item.F1)));
        Assert.Equal(0.8, metrics.BestScoreThreshold, 6);
    }

    [Fact]
    public void Evaluate_OverConfidence_FollowsTheStepsOfTheScores()
    {
        _evaluator.AddImage([new EvaluatedObject(0, Here)], [new EvaluatedDetection(0, Here, 0.505f), new EvaluatedDetection(0, There, 0.305f)]);

        var curve = Assert.Single(Evaluate().ConfidenceCurves);

        Assert.Equal([0.5, 0.5, 1, 1, 1, 1], new[] { 0, 30, 31, 50, 51, 100 }.Select(i => curve.Precision[i]));
        Assert.Equal([1, 1, 1, 1, 0, 0], new[] { 0, 30, 31, 50, 51, 100 }.Select(i => curve.Recall[i]));
    }

    [Fact]
    public void Evaluate_ScoresFallFromRightToWrong_PutsTheBestThresholdBetween()
    {
        _evaluator.AddImage(
            [new EvaluatedObject(0, Here), new EvaluatedObject(0, There)],
            [new EvaluatedDetection(0, Here, 0.9f), new EvaluatedDetection(0, There, 0.6f), new EvaluatedDetection(0, new Box(80, 80, 90, 90), 0.5f)]);

        var metrics = Evaluate();

        Assert.Equal((1, 1, 1), (metrics.Precision, metrics.Recall, metrics.F1));
        Assert.Equal(0.6, metrics.BestScoreThreshold, 6);
    }

    private DetectionMetrics Evaluate() => _evaluator.Evaluate(["first", "second"]);
}
