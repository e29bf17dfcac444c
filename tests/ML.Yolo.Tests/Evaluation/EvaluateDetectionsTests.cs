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
            new Row { Label = ["cat", "dog"], BoundingBoxes = [0, 0, 10, 10, 20, 20, 30, 30], PredictedLabel = ["dog", "cat"], PredictedBoundingBoxes = [20, 20, 30, 30, 0, 0, 10, 10], Score = [0.9f, 0.8f] },
        ]);
        if (keysInLabel)
            data = _mlContext.Transforms.Conversion.MapValueToKey("Label").Fit(data).Transform(data);
        if (keysInPrediction)
            data = _mlContext.Transforms.Conversion.MapValueToKey("PredictedLabel").Fit(data).Transform(data);

        var metrics = _mlContext.MulticlassClassification.EvaluateDetections(data);

        Assert.Equal(1, metrics.MAP50_95);
        Assert.Equal(["cat", "dog"], metrics.PerClass.Select(item => item.ClassName).Order());
    }

    [Fact]
    public void EvaluateDetections_LabelThatTheKeysDoNotKnow_IsIgnoredAndCounted()
    {
        var data = _mlContext.Data.LoadFromEnumerable([new Row { Label = ["cat", "zebra"], BoundingBoxes = [0, 0, 10, 10, 20, 20, 30, 30], PredictedLabel = ["cat"], PredictedBoundingBoxes = [0, 0, 10, 10], Score = [0.9f] }]);
        var known = _mlContext.Data.LoadFromEnumerable([new { Name = "cat" }]);
        data = _mlContext.Transforms.Conversion.MapValueToKey("Label", keyData: known).Fit(data).Transform(data);

        var metrics = _mlContext.MulticlassClassification.EvaluateDetections(data);

        Assert.Equal((1, 1, 1), (metrics.MAP50, metrics.GroundTruthCount, metrics.IgnoredGroundTruthCount));
    }

    [Fact]
    public void EvaluateDetections_ColumnIsAbsent_NamesItAndThoseThereAre()
    {
        var data = _mlContext.Data.LoadFromEnumerable([new Row()]);

        var exception = Assert.Throws<ArgumentException>(() => _mlContext.MulticlassClassification.EvaluateDetections(data, scoreColumnName: "Confidence"));

        Assert.Equal("The column 'Confidence' is not in the data. There are: Label, BoundingBoxes, PredictedLabel, PredictedBoundingBoxes, Score.", exception.Message);
    }

    [Fact]
    public void EvaluateDetections_ScoresAreMissing_NamesRowAndColumns()
    {
        var data = _mlContext.Data.LoadFromEnumerable([new Row { PredictedLabel = ["cat"], PredictedBoundingBoxes = [0, 0, 1, 1] }]);

        var exception = Assert.Throws<FormatException>(() => _mlContext.MulticlassClassification.EvaluateDetections(data));

        Assert.Equal("Row 0 has 0 numbers in 'Score' and 1 labels in 'PredictedLabel'; 1 a label were expected.", exception.Message);
    }

    [Fact]
    public void ToString_OfMetrics_HasALineAClassInAnyCulture()
    {
        using var culture = new CultureScope("de-DE");
        var data = _mlContext.Data.LoadFromEnumerable([new Row { Label = ["cat"], BoundingBoxes = [0, 0, 10, 10], PredictedLabel = ["cat"], PredictedBoundingBoxes = [0, 0, 10, 10], Score = [0.9f] }]);

        var text = _mlContext.MulticlassClassification.EvaluateDetections(data).ToString();

        Assert.Contains("cat          1           1  1.000  1.000    1.000", text, StringComparison.Ordinal);
    }

    private sealed class Row
    {
        public string[] Label { get; set; } = [];

        public float[] BoundingBoxes { get; set; } = [];

        public string[] PredictedLabel { get; set; } = [];

        public float[] PredictedBoundingBoxes { get; set; } = [];

        public float[] Score { get; set; } = [];
    }
}
