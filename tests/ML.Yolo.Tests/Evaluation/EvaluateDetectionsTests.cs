using System.Text.Json;
using Microsoft.ML;

namespace ML.Yolo.Tests.Evaluation;

public sealed class EvaluateDetectionsTests
{
    private readonly MLContext _mlContext = new();

    [Theory]
    [InlineData(false, false)]
    [InlineData(true, false)]
    [InlineData(false, true)]
    [InlineData(true, true)]
    public void EvaluateDetections_TextOrKeysOnEitherSide_MatchesClassesByName(bool keysInLabel, bool keysInPrediction)
    {
        var data = _mlContext.Data.LoadFromEnumerable(
        [
            new Row
            {
                Label = ["cat", "dog"],
                BoundingBoxes = [0, 0, 10, 10, 20, 20, 30, 30],
                PredictedLabel = ["dog", "cat"],
                PredictedBoundingBoxes = [20, 20, 30, 30, 0, 0, 10, 10],
                Score = [0.9f, 0.8f],
            },
        ]);
        if (keysInLabel)
            data = _mlContext.Transforms.Conversion.MapValueToKey("Label").Fit(data).Transform(data);
        if (keysInPrediction)
            data = _mlContext.Transforms.Conversion.MapValueToKey("PredictedLabel").Fit(data).Transform(data);

        var metrics = _mlContext.MulticlassClassification.EvaluateDetections(data);

        Assert.Equal(1, metrics.MAP50_95);
        Assert.Equal(["cat", "dog"], metrics.PerClass.Select(item => item.ClassName).Order(StringComparer.Ordinal));
    }

    [Fact]
    public void EvaluateDetections_LabelThatTheKeysDoNotKnow_IsIgnoredAndCounted()
    {
        var data = OneOfTwo("zebra");
        var known = _mlContext.Data.LoadFromEnumerable([new { Name = "cat" }]);
        data = _mlContext.Transforms.Conversion.MapValueToKey("Label", keyData: known).Fit(data).Transform(data);

        var metrics = _mlContext.MulticlassClassification.EvaluateDetections(data);

        Assert.Equal((1, 1, 1), (metrics.MAP50, metrics.GroundTruthCount, metrics.IgnoredGroundTruthCount));
    }

    [Fact]
    public void EvaluateDetections_ColumnIsAbsent_NamesItAndThoseThereAre()
    {
        var data = _mlContext.Data.LoadFromEnumerable([new Row()]);

        var exception = Assert.Throws<ArgumentOutOfRangeException>(
            () => _mlContext.MulticlassClassification.EvaluateDetections(data, scoreColumnName: "Confidence"));

        Assert.StartsWith(
            "The score column 'Confidence' is not in the data; a vector of Single (one per object) was expected. "
                + "There are: Label, BoundingBoxes, Crowd, Difficult, Area, PredictedLabel, PredictedBoundingBoxes, Score.",
            exception.Message,
            StringComparison.Ordinal);
    }

    [Fact]
    public void EvaluateDetections_ScoresAreMissing_NamesRowAndColumns()
    {
        var data = _mlContext.Data.LoadFromEnumerable([new Row { PredictedLabel = ["cat"], PredictedBoundingBoxes = [0, 0, 1, 1] }]);

        var exception = Assert.Throws<FormatException>(() => _mlContext.MulticlassClassification.EvaluateDetections(data));

        Assert.Equal("Row 0 has 0 numbers in 'Score' and 1 labels in 'PredictedLabel'; 1 per label were expected.", exception.Message);
    }

    [Theory]
    [InlineData(float.NaN, 10f, "Row 0, 'Score', detection 0: the confidence is NaN; a number was expected.")]
    [InlineData(
        0.9f, float.PositiveInfinity, "Row 0, 'PredictedBoundingBoxes', box 0: (0, 0, Infinity, 10) is not finite; finite x0, y0, x1, y1 were expected.")]
    public void EvaluateDetections_NumberThatIsNone_NamesRowAndColumn(float score, float right, string message)
    {
        var data = _mlContext.Data.LoadFromEnumerable([new Row { PredictedLabel = ["cat"], PredictedBoundingBoxes = [0, 0, right, 10], Score = [score] }]);

        var exception = Assert.Throws<FormatException>(() => _mlContext.MulticlassClassification.EvaluateDetections(data));

        Assert.Equal(message, exception.Message);
    }

    [Fact]
    public void EvaluateDetections_CrowdIgnoredAndAreaColumns_AreTakenIntoAccount()
    {
        var row = new Row
        {
            Label = ["cat", "cat", "cat"],
            BoundingBoxes = [0, 0, 10, 10, 20, 20, 30, 30, 40, 40, 50, 50],
            Crowd = [false, true, false],
            Difficult = [false, false, true],
            Area = [2000, 1, 1],
            PredictedLabel = ["cat", "cat", "cat"],
            PredictedBoundingBoxes = [20, 20, 30, 30, 40, 40, 50, 50, 0, 0, 10, 10],
            Score = [0.9f, 0.8f, 0.7f],
        };
        var data = _mlContext.Data.LoadFromEnumerable([row]);

        var options = new DetectionEvaluationOptions { CrowdColumnName = "Crowd", IgnoredColumnName = "Difficult", AreaColumnName = "Area" };
        var metrics = _mlContext.MulticlassClassification.EvaluateDetections(data, options);

        Assert.Equal((1, 1, 2), (metrics.MAP50, metrics.GroundTruthCount, metrics.IgnoredGroundTruthCount));
        Assert.Equal([0, 1, 0], metrics.BySize.Select(size => size.GroundTruthCount));
    }

    [Fact]
    public void EvaluateDetections_CrowdColumnOfAnotherType_NamesItWhatItIsAndWhatItShouldBe()
    {
        var data = _mlContext.Data.LoadFromEnumerable([new Row()]);

        var options = new DetectionEvaluationOptions { CrowdColumnName = "Area" };
        var exception = Assert.Throws<ArgumentOutOfRangeException>(() => _mlContext.MulticlassClassification.EvaluateDetections(data, options));

        const string Expected = "The crowd column 'Area' is a vector of Single; a vector of Boolean (one per object) was expected.";
        Assert.StartsWith(Expected, exception.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(DetectionMetricDefinition.Coco)]
    [InlineData(DetectionMetricDefinition.Ultralytics)]
    public void EvaluateDetections_EitherDefinition_SaysWhichItFollows(DetectionMetricDefinition definition)
    {
        var metrics = _mlContext.MulticlassClassification.EvaluateDetections(OneCat(), definition: definition);

        Assert.Equal((definition, 1), (metrics.Definition, metrics.Recall));
    }

    [Fact]
    public void EvaluateDetections_UltralyticsDefinition_IntegratesByTrapezoids()
    {
        var data = OneOfTwo("cat");

        var metrics = _mlContext.MulticlassClassification.EvaluateDetections(data, definition: DetectionMetricDefinition.Ultralytics);

        // Precision is 1 up to recall 0.5, and falls on a line to 0 at recall 1: an area of 0.5 + 0.25.
        Assert.Equal(0.75, metrics.MAP50, 6);
    }

    [Fact]
    public void ToString_OfMetrics_HasALineAClassInAnyCulture()
    {
        using var culture = new CultureScope("de-DE");

        var text = _mlContext.MulticlassClassification.EvaluateDetections(OneCat()).ToString();

        Assert.Contains("cat          1           1  1.000  1.000    1.000      1.000   1.000  1.000", text, StringComparison.Ordinal);
        Assert.Contains("small  objects:     AP 1.000, AR 1.000 (1 objects)", text, StringComparison.Ordinal);
        Assert.Contains("best  10 per image: AP 1.000, AR 1.000", text, StringComparison.Ordinal);
    }

    [Fact]
    public void Serialize_MetricsToJsonAndBack_KeepsThem()
    {
        var metrics = _mlContext.MulticlassClassification.EvaluateDetections(OneCat("dog"));

        var json = JsonSerializer.Serialize(metrics);
        var read = JsonSerializer.Deserialize<DetectionMetrics>(json)!;

        Assert.Equal(metrics.ToString(), read.ToString());
        Assert.Equal(json, JsonSerializer.Serialize(read));
        Assert.True(double.IsNaN(read.BySize[2].MAP50_95));
        Assert.Equal(1, read.ConfusionMatrix.GetCountForClassPair(predictedClassIndicatorIndex: 1, actualClassIndicatorIndex: 0));
    }

    private IDataView OneOfTwo(string missed) => _mlContext.Data.LoadFromEnumerable(
    [
        new Row
        {
            Label = ["cat", missed],
            BoundingBoxes = [0, 0, 10, 10, 20, 20, 30, 30],
            PredictedLabel = ["cat"],
            PredictedBoundingBoxes = [0, 0, 10, 10],
            Score = [0.9f],
        },
    ]);

    private IDataView OneCat(string seenAs = "cat") => _mlContext.Data.LoadFromEnumerable(
        [new Row { Label = ["cat"], BoundingBoxes = [0, 0, 10, 10], PredictedLabel = [seenAs], PredictedBoundingBoxes = [0, 0, 10, 10], Score = [0.9f] }]);

    private sealed class Row
    {
        public string[] Label { get; set; } = [];

        public float[] BoundingBoxes { get; set; } = [];

        public bool[] Crowd { get; set; } = [];

        public bool[] Difficult { get; set; } = [];

        public float[] Area { get; set; } = [];

        public string[] PredictedLabel { get; set; } = [];

        public float[] PredictedBoundingBoxes { get; set; } = [];

        public float[] Score { get; set; } = [];
    }
}
