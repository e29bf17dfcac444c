using CsCheck;
using ML.Yolo.Evaluation;

namespace ML.Yolo.Tests.Evaluation;

public sealed class DetectionEvaluatorTests
{
    private static readonly EvaluatedBox Here = new(0, 0, 10, 10);
    private static readonly EvaluatedBox There = new(50, 50, 60, 60);

    private readonly DetectionEvaluator _evaluator = DetectionEvaluator.Create(DetectionMetricDefinition.Coco);

    [Fact]
    public void Evaluate_EveryObjectFoundExactly_GivesOne()
    {
        _evaluator.AddImage([new EvaluatedObject(0, Here), new EvaluatedObject(1, There)], [new EvaluatedDetection(0, Here, 0.9f), new EvaluatedDetection(1, There, 0.8f)]);

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
        _evaluator.AddImage([new EvaluatedObject(0, Here), new EvaluatedObject(0, There)], [new EvaluatedDetection(0, Here, 0.9f), new EvaluatedDetection(0, Here, 0.8f), new EvaluatedDetection(0, There, 0.7f)]);

        // Precision 1 up to recall 0.5, then 2/3.
        Assert.Equal(((51 * 1.0) + (50 * 2 / 3.0)) / 101, Evaluate().MAP50, 12);
    }

    [Fact]
    public void Evaluate_OverlapOfExactlyThreeQuarters_CountsUpToThatThreshold()
    {
        _evaluator.AddImage([new EvaluatedObject(0, new EvaluatedBox(0, 0, 4, 1))], [new EvaluatedDetection(0, new EvaluatedBox(0, 0, 3, 1), 0.9f)]);

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
        _evaluator.AddImage([new EvaluatedObject(0, Here)], [.. Enumerable.Range(0, 100).Select(i => new EvaluatedDetection(0, There, 0.9f)), new EvaluatedDetection(0, Here, 0.1f)]);

        Assert.Equal(0, Evaluate().MAP50);
    }

    [Fact]
    public void Evaluate_ScoresFallFromRightToWrong_PutsTheBestThresholdBetween()
    {
        _evaluator.AddImage([new EvaluatedObject(0, Here), new EvaluatedObject(0, There)], [new EvaluatedDetection(0, Here, 0.9f), new EvaluatedDetection(0, There, 0.6f), new EvaluatedDetection(0, new EvaluatedBox(80, 80, 90, 90), 0.5f)]);

        var metrics = Evaluate();

        Assert.Equal((1, 1, 1), (metrics.Precision, metrics.Recall, metrics.F1));
        Assert.Equal(0.6, metrics.BestScoreThreshold, 6);
    }

    [Fact]
    public void Evaluate_RandomImages_AgreesWithTheDefinition()
    {
        var box = Gen.Select(Gen.Int[0, 8], Gen.Int[0, 8], Gen.Int[1, 6], Gen.Int[1, 6]).Select((x, y, w, h) => new CocoOracle.Box(x, y, x + w, y + h));
        var image = Gen.Select(box.List[0, 4], Gen.Select(box, Gen.Double[0, 1]).List[0, 6]).Select((objects, detections) => new CocoOracle.Image(objects, detections));

        image.List[1, 5].Where(images => images.Any(item => item.Objects.Count > 0) && HasNoTies(images)).Sample(images =>
        {
            var evaluator = DetectionEvaluator.Create(DetectionMetricDefinition.Coco);
            foreach (var item in images)
                evaluator.AddImage([.. item.Objects.Select(known => new EvaluatedObject(0, Box(known)))], [.. item.Detections.Select(found => new EvaluatedDetection(0, Box(found.Box), (float)found.Score))]);
            var metrics = evaluator.Evaluate(["only"]);

            Assert.Equal(CocoOracle.AveragePrecision(images, 0.5), metrics.MAP50, 9);
            Assert.Equal(CocoOracle.AveragePrecision(images, 0.75), metrics.MAP75, 9);
            Assert.Equal(CocoMatcher.IouThresholds.Average(threshold => CocoOracle.AveragePrecision(images, threshold)), metrics.MAP50_95, 9);
        });
    }

    // Of equal scores and of equal overlaps either may come first.
    private static bool HasNoTies(List<CocoOracle.Image> images)
        => images.SelectMany(image => image.Detections).Select(found => (float)found.Score).ToList() is var scores && scores.Distinct().Count() == scores.Count
            && images.All(image => image.Objects.Distinct().Count() == image.Objects.Count);

    private static EvaluatedBox Box(CocoOracle.Box box) => new((float)box.X0, (float)box.Y0, (float)box.X1, (float)box.Y1);

    private DetectionMetrics Evaluate() => _evaluator.Evaluate(["first", "second"]);
}
