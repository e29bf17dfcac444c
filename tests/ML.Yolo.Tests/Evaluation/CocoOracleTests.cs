using CsCheck;
using ML.Yolo.Evaluation;

namespace ML.Yolo.Tests.Evaluation;

/// <summary>The Coco definition against the oracle, on random images with ties, crowds, ignored objects and areas of their own.</summary>
public sealed class CocoOracleTests
{
    private const int Classes = 2;
    private const double Tolerance = 1e-9;

    // Corners on a coarse grid: overlaps repeat, some of them exactly thresholds, and areas fall on 32² and 96².
    private static readonly Gen<CocoOracle.Box> Box = Gen.Select(Gen.Int[0, 6], Gen.Int[0, 6], Gen.Int[1, 7], Gen.Int[1, 7])
        .Select((x, y, w, h) => new CocoOracle.Box(16 * x, 16 * y, 16 * (x + w), 16 * (y + h)));

    private static readonly Gen<CocoOracle.Object> Object = Gen.Select(Gen.Int[0, Classes - 1], Box, Gen.Int[0, 5], Gen.Int[0, 5], Gen.Int[0, 9])
        .Select((label, box, crowd, ignored, area) => new CocoOracle.Object(label, box, crowd == 0, ignored == 0, area == 0 ? 900 : null));

    // Every second detection is an object moved by at most one step, so that matches happen.
    private static readonly Gen<CocoOracle.Image> Image = Object.List[0, 6]
        .SelectMany(objects => Detection(objects).List[0, 14].Select(detections => new CocoOracle.Image(objects, detections)));

    [Fact]
    public void Evaluate_AThousandRandomSets_AgreesWithTheDefinition() => Image.List[1, 4].Sample(images =>
    {
        var metrics = Evaluate(images);

        AssertEqual(CocoOracle.MeanAveragePrecision(images, Classes, CocoOracle.AnyArea, 100) ?? 0, metrics.MAP50_95);
        AssertEqual(CocoOracle.MeanAveragePrecision(images, Classes, CocoOracle.AnyArea, 100, 0.5) ?? 0, metrics.MAP50);
        AssertEqual(CocoOracle.MeanAveragePrecision(images, Classes, CocoOracle.AnyArea, 100, 0.75) ?? 0, metrics.MAP75);
        foreach (var (size, range) in metrics.BySize.Zip(CocoOracle.Sizes))
        {
            Assert.Equal(Enumerable.Range(0, Classes).Sum(label => CocoOracle.CountObjects(images, label, range)), size.GroundTruthCount);
            AssertEqual(CocoOracle.MeanAveragePrecision(images, Classes, range, 100), size.MAP50_95);
            AssertEqual(CocoOracle.AverageRecall(images, Classes, range, 100), size.AverageRecall);
        }

        foreach (var limit in metrics.ByDetectionLimit)
        {
            AssertEqual(CocoOracle.MeanAveragePrecision(images, Classes, CocoOracle.AnyArea, limit.MaxDetections), limit.MAP50_95);
            AssertEqual(CocoOracle.AverageRecall(images, Classes, CocoOracle.AnyArea, limit.MaxDetections), limit.AverageRecall);
        }

        for (var label = 0; label < Classes; label++)
        {
            for (var t = 0; t < 10; t++)
            {
                var expected = CocoOracle.AveragePrecision(images, label, CocoOracle.AnyArea, 100, CocoMatcher.IouThresholds[t]);
                AssertEqual(expected, metrics.PerClass[label].AveragePrecisions[t]);
            }
        }
    }, iter: 1000);

    private static Gen<CocoOracle.Detection> Detection(List<CocoOracle.Object> objects)
    {
        var parts = Gen.Select(Gen.Int[0, Classes - 1], Box, Gen.Int[1, 20], Gen.Int[0, (2 * objects.Count) + 1], Gen.Int[-1, 1], Gen.Int[-1, 1]);
        return parts.Select((label, box, score, source, dx, dy) =>
        {
            var (foundLabel, place) = source < objects.Count ? (objects[source].Class, objects[source].Box) : (label, box);
            return new CocoOracle.Detection(foundLabel, new CocoOracle.Box(place.X0 + (8 * dx), place.Y0, place.X1, place.Y1 + (8 * dy)), score / 32.0);
        });
    }

    private static DetectionMetrics Evaluate(List<CocoOracle.Image> images)
    {
        var evaluator = DetectionEvaluator.Create(DetectionMetricDefinition.Coco);
        foreach (var image in images)
        {
            evaluator.AddImage(
                [.. image.Objects.Select(item => new EvaluatedObject(item.Class, Convert(item.Box), item.IsCrowd, item.IsIgnored, item.Area ?? double.NaN))],
                [.. image.Detections.Select(item => new EvaluatedDetection(item.Class, Convert(item.Box), (float)item.Score))]);
        }

        return evaluator.Evaluate([.. Enumerable.Range(0, Classes).Select(label => $"class {label}")]);
    }

    private static Box Convert(CocoOracle.Box box) => new((float)box.X0, (float)box.Y0, (float)box.X1, (float)box.Y1);

    private static void AssertEqual(double? expected, double actual) => Assert.Equal(expected ?? double.NaN, actual, Tolerance);
}
