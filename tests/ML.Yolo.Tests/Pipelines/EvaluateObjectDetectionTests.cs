using CsCheck;
using Microsoft.ML;
using Microsoft.ML.TorchSharp;

namespace ML.Yolo.Tests.Pipelines;

/// <summary>Where the mAP of Microsoft.ML.TorchSharp's <c>EvaluateObjectDetection</c> and that of <c>EvaluateDetections</c> agree, and where they do not.</summary>
/// <remarks>
/// Agree: IoU matching one to one within a class, mean over the classes with ground truth, precision made monotonic from the right.
/// Differ in Microsoft's: a box is a pixel wider and higher than its corners say; detections below a score of 0.05 are dropped; a detection takes an object by overlap, not by score; the area under the curve is exact, where COCO
/// takes the mean at 101 recalls; a predicted class without ground truth throws; more than 100 detections an image count; and label and box columns are those of index 2 and 6 whatever it is told.
/// </remarks>
public sealed class EvaluateObjectDetectionTests
{
    private const float Side = 200;

    private readonly MLContext _mlContext = new();

    [Fact]
    public void Map_EverythingFoundExactly_IsOneInBoth()
    {
        var (microsoft, ours) = Evaluate([Row(["a", "b"], [(0, 0), (1, 0)], ("a", 0, 0, 0.9f), ("b", 1, 0, 0.8f)), Row(["a"], [(2, 2)], ("a", 2, 2, 0.7f))]);

        Assert.Equal((1, 1), (microsoft.MAP50, ours.MAP50));
        Assert.Equal(1, microsoft.MAP50_95, 3);
        Assert.Equal(1, ours.MAP50_95, 6);
    }

    [Fact]
    public void Map_OneClassMissed_IsHalfInBoth()
    {
        var (microsoft, ours) = Evaluate([Row(["a", "b"], [(0, 0), (1, 0)], ("a", 0, 0, 0.9f))]);

        Assert.Equal((0.5, 0.5), (microsoft.MAP50, ours.MAP50));
    }

    [Fact]
    public void Map_FalseOneAheadOfTheOnlyTrueOne_IsHalfInBoth()
    {
        var (microsoft, ours) = Evaluate([Row(["a"], [(0, 0)], ("a", 2, 2, 0.9f), ("a", 0, 0, 0.8f))]);

        Assert.Equal((0.5, 0.5), (microsoft.MAP50, ours.MAP50));
    }

    [Fact]
    public void Map_ExactBoxesAndScoresFrom5Percent_DifferByTheInterpolationAlone()
        => Gen.Select(Gen.Int[1, 12], Gen.Int).Sample((images, seed) =>
        {
            var (microsoft, ours) = Evaluate(Scenes(images, new Random(seed)));

            // The mean of a falling staircase at 101 points is off its integral by at most one step of recall.
            return Math.Abs(microsoft.MAP50 - ours.MAP50) <= (1 / 101.0) + 1e-5;
        }, iter: 40);

    [Fact]
    public void Map_ConfidenceBelow5Percent_CountsInOursAlone()
    {
        var (microsoft, ours) = Evaluate([Row(["a"], [(0, 0)], ("a", 0, 0, 0.04f))]);

        Assert.Equal((0, 1), (microsoft.MAP50, ours.MAP50));
    }

    [Fact]
    public void Map_HalfOfTheObjectsFound_DiffersByTheRecallOfZero()
    {
        var (microsoft, ours) = Evaluate([Row(["a", "a"], [(0, 0), (1, 0)], ("a", 0, 0, 0.9f))]);

        Assert.Equal(0.5, microsoft.MAP50, 5);
        Assert.Equal(51 / 101.0, ours.MAP50, 5);
    }

    [Fact]
    public void EvaluateObjectDetection_PredictedClassWithoutGroundTruth_ThrowsInMicrosoftsAlone()
    {
        var row = Row(["a"], [(0, 0)], ("a", 0, 0, 0.9f), ("b", 1, 0, 0.8f));

        Assert.Throws<KeyNotFoundException>(() => Evaluate([row]));
        Assert.Equal(1, Ours([row]).MAP50);
    }

    private static List<Scored> Scenes(int images, Random random) => [.. Enumerable.Range(0, images).Select(_ =>
    {
        // A grid of cells: objects in some, detections of them or beside them, never two in a cell.
        var cells = Enumerable.Range(0, 9).Select(i => (X: i % 3, Y: i / 3)).ToArray();
        random.Shuffle(cells);
        var count = random.Next(1, 6);
        var labels = Enumerable.Range(0, count).Select(i => i == 0 ? "a" : random.Next(2) == 0 ? "a" : "b").ToArray();
        var found = Enumerable.Range(0, count).Where(_ => random.Next(3) > 0).Select(i => (labels[i], cells[i].X, cells[i].Y, (float)(0.06 + (0.9 * random.NextDouble()))));
        var wrong = Enumerable.Range(count, random.Next(0, 3)).Select(i => ("a", cells[i].X, cells[i].Y, (float)(0.06 + (0.9 * random.NextDouble()))));
        return Row(labels, cells[..count], [.. found, .. wrong]);
    })];

    private static Scored Row(string[] labels, (int X, int Y)[] cells, params (string Label, int X, int Y, float Score)[] detections) => new()
    {
        Label = labels,
        BoundingBoxes = [.. cells.SelectMany(cell => Box(cell.X, cell.Y))],
        PredictedLabel = Array.ConvertAll(detections, detection => detection.Label),
        PredictedBoundingBoxes = [.. detections.SelectMany(detection => Box(detection.X, detection.Y))],
        Score = Array.ConvertAll(detections, detection => detection.Score),
    };

    private static float[] Box(int x, int y) => [x * 2 * Side, y * 2 * Side, (x * 2 * Side) + Side, (y * 2 * Side) + Side];

    private (Microsoft.ML.TorchSharp.AutoFormerV2.ObjectDetectionMetrics Microsoft, DetectionMetrics Ours) Evaluate(List<Scored> rows)
    {
        var data = _mlContext.Data.LoadFromEnumerable(rows);
        var schema = data.Schema;
        Assert.Equal(("Label", "BoundingBoxes"), (schema[2].Name, schema[6].Name));
        return (_mlContext.MulticlassClassification.EvaluateObjectDetection(data, schema["Label"], schema["BoundingBoxes"], schema["PredictedLabel"], schema["PredictedBoundingBoxes"], schema["Score"]), Ours(rows));
    }

    private DetectionMetrics Ours(List<Scored> rows) => _mlContext.MulticlassClassification.EvaluateDetections(_mlContext.Data.LoadFromEnumerable(rows));

    /// <summary>Columns in the order that Microsoft's evaluator assumes.</summary>
    private sealed class Scored
    {
        public string First { get; set; } = "";

        public string Second { get; set; } = "";

        public string[] Label { get; set; } = [];

        public string[] PredictedLabel { get; set; } = [];

        public float[] PredictedBoundingBoxes { get; set; } = [];

        public float[] Score { get; set; } = [];

        public float[] BoundingBoxes { get; set; } = [];
    }
}
