using System.Text.Json;
using ML.Yolo.Evaluation;

namespace ML.Yolo.Tests.Evaluation;

/// <summary>The Ultralytics definition against numbers of the reference implementation (golden/metrics).</summary>
public sealed class GoldenMetricsTests
{
    private const double Tolerance = 1e-6;

    [SharedTheory]
    [InlineData("small")]
    [InlineData("many-classes")]
    [InlineData("with-empty-images")]
    public void Evaluate_UltralyticsDefinition_EqualsTheReference(string name)
    {
        using var golden = JsonDocument.Parse(File.ReadAllBytes(SharedFolder.Path("golden", "metrics", name + ".json")));
        var expected = golden.RootElement;
        var evaluator = DetectionEvaluator.Create(DetectionMetricDefinition.Ultralytics);
        foreach (var image in expected.GetProperty("images").EnumerateArray())
        {
            var objects = Rows(image.GetProperty("groundTruth")).Select(row => new EvaluatedObject((int)row[0], new Box(row[1], row[2], row[3], row[4])));
            var detections = Rows(image.GetProperty("detections"))
                .Select(row => new EvaluatedDetection((int)row[5], new Box(row[0], row[1], row[2], row[3]), row[4]));
            evaluator.AddImage([.. objects], [.. detections]);
        }

        var classes = expected.GetProperty("classes").EnumerateArray().Select(item => item.GetInt32()).ToList();
        var metrics = evaluator.Evaluate([.. Enumerable.Range(0, classes.Max() + 1).Select(index => $"class {index}")]);

        Assert.Equal(expected.GetProperty("mAP50").GetDouble(), metrics.MAP50, Tolerance);
        Assert.Equal(expected.GetProperty("mAP50_95").GetDouble(), metrics.MAP50_95, Tolerance);
        AssertEqual(Numbers(expected.GetProperty("iouThresholds")), [.. UltralyticsMatcher.IouThresholds.Select(threshold => (double)threshold)]);
        AssertEqual(Numbers(expected.GetProperty("precisionAtMaxF1")), [.. classes.Select(index => metrics.PerClass[index].Precision)]);
        AssertEqual(Numbers(expected.GetProperty("recallAtMaxF1")), [.. classes.Select(index => metrics.PerClass[index].Recall)]);
        AssertEqual(Numbers(expected.GetProperty("f1")), [.. classes.Select(index => metrics.PerClass[index].F1)]);
        var precisions = expected.GetProperty("ap").EnumerateArray().Select(Numbers).ToList();
        Assert.Equal(classes.Count, precisions.Count);
        for (var i = 0; i < classes.Count; i++)
            AssertEqual(precisions[i], metrics.PerClass[classes[i]].AveragePrecisions);
        Assert.Equal(classes, Enumerable.Range(0, metrics.PerClass.Count).Where(index => metrics.PerClass[index].GroundTruthCount > 0));
    }

    private static void AssertEqual(double[] expected, IReadOnlyList<double> actual)
    {
        Assert.NotEmpty(expected);
        Assert.Equal(expected.Length, actual.Count);
        Assert.All(expected.Zip(actual), pair => Assert.Equal(pair.First, pair.Second, Tolerance));
    }

    private static double[] Numbers(JsonElement list) => [.. list.EnumerateArray().Select(number => number.GetDouble())];

    private static IEnumerable<float[]> Rows(JsonElement list)
        => list.EnumerateArray().Select(row => row.EnumerateArray().Select(number => number.GetSingle()).ToArray());
}
