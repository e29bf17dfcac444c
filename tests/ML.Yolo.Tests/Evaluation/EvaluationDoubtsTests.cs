using Microsoft.ML;
using Microsoft.ML.Runtime;
using ML.Yolo.Tests.Training;

namespace ML.Yolo.Tests.Evaluation;

public sealed class EvaluationDoubtsTests
{
    private readonly MLContext _mlContext = new(seed: 1);
    private readonly List<string> _warnings = [];

    public EvaluationDoubtsTests() => _mlContext.Log += (_, entry) =>
    {
        if (entry.Kind == ChannelMessageKind.Warning)
            _warnings.Add(entry.RawMessage);
    };

    [Theory]
    [InlineData(0.05f, true)]
    [InlineData(0.25f, true)]
    [InlineData(0.049f, false)]
    public void EvaluateDetections_DoubtfulDetectionsCutOff_Warns(float lowest, bool warns)
    {
        Evaluate(["a"], ["a", "a"], [0.9f, lowest]);

        Assert.Equal(warns, _warnings.Any(text => text.Contains("doubtful ones seem to be cut off", StringComparison.Ordinal)));
    }

    [Fact]
    public void EvaluateDetections_NothingDetected_DoesNotWarn()
    {
        Evaluate(["a"], [], []);

        Assert.Empty(_warnings);
    }

    [Fact]
    public void EvaluateDetections_ClassesThatTheDetectorDoesNotKnow_NamesThem()
    {
        using var model = TinyRun.Fit(_mlContext, TinyRun.Options(epochs: 1));
        var rows = SquareImages.Draw(3);
        foreach (var row in rows)
            row.Label = Array.ConvertAll(row.Label, _ => "rouge");

        _mlContext.MulticlassClassification.EvaluateDetections(model, _mlContext.Data.LoadFromEnumerable(rows));

        var objects = rows.Sum(row => row.Label.Length);
        var warning = Assert.Single(_warnings, text => text.Contains("none of the detector's", StringComparison.Ordinal));
        Assert.Equal(
            $"1 classes of the data are none of the detector's, and none of their objects can be found: 'rouge' ({objects}). It knows 'red', 'blue'.", warning);
    }

    [Fact]
    public void Fit_ValidationSet_KeepsTheThresholdOfTheHighestF1InTheModelAndItsZip()
    {
        using var folder = new TemporaryFolder();
        var options = TinyRun.Options(epochs: 30);
        (options.Optimizer, options.LearningRate, options.EmaDecay, options.ScaleLossWeights) = (OptimizerKind.AdamW, 0.003, 0.9, false);
        options.ValidationSet = SquareImages.AsView(_mlContext, SquareImages.Draw(8));
        var best = (Fitness: -1.0, Threshold: 0.0);
        options.Progress = new Observer(progress =>
        {
            if (progress.Validation is { } metrics && (0.1 * metrics.MAP50) + (0.9 * metrics.MAP50_95) is var fitness && fitness >= best.Fitness)
                best = (fitness, metrics.BestScoreThreshold);
        });
        using var model = TinyRun.Fit(_mlContext, options);

        Assert.InRange(best.Fitness, 0.01, 1);
        Assert.Equal((float)best.Threshold, model.Scoring.RecommendedThreshold);
        _mlContext.Model.Save(model, null, folder.File("model.zip"));
        using var loaded = (YoloTransformer)_mlContext.Model.Load(folder.File("model.zip"), out _);
        Assert.Equal(model.Scoring.RecommendedThreshold, loaded.Scoring.RecommendedThreshold);
        Assert.Equal(options.Scoring.ScoreThreshold, loaded.Scoring.ScoreThreshold);
    }

    [Fact]
    public void CrossValidateDetections_ThreeFolds_MeasuresEachImageOnceByAModelThatDidNotSeeIt()
    {
        var data = SquareImages.AsView(_mlContext, SquareImages.Draw(12));
        var estimator = _mlContext.MulticlassClassification.Trainers.Yolo(TinyRun.Options(epochs: 1));

        var folds = _mlContext.MulticlassClassification.CrossValidateDetections(data, estimator, numberOfFolds: 3);

        Assert.Equal([1, 2, 3], folds.Select(fold => fold.Fold));
        Assert.Equal(12, folds.Sum(fold => fold.Metrics.ImageCount));
        Assert.All(folds, fold => Assert.InRange(fold.Metrics.ImageCount, 1, 11));
        foreach (var fold in folds)
            fold.Dispose();
    }

    [Fact]
    public void Fit_BoxesAsFractions_WarnsWithAnExample()
    {
        var rows = SquareImages.Draw(4);
        foreach (var row in rows)
            row.BoundingBoxes = [.. row.BoundingBoxes.Select((value, i) => value / (i % 2 == 0 ? row.Image.Width : row.Image.Height))];

        TinyRun.Fit(_mlContext, TinyRun.Options(epochs: 1), rows).Dispose();

        var warning = Assert.Single(_warnings, text => text.Contains("Are they fractions of the image?", StringComparison.Ordinal));
        Assert.Contains(" boxes lie within the first pixel of their image, such as (0.", warning, StringComparison.Ordinal);
    }

    private void Evaluate(string[] labels, string[] predicted, float[] scores)
        => _mlContext.MulticlassClassification.EvaluateDetections(_mlContext.Data.LoadFromEnumerable([
            new Row
            {
                Label = labels,
                BoundingBoxes = [.. labels.SelectMany(_ => new float[] { 0, 0, 10, 10 })],
                PredictedLabel = predicted,
                PredictedBoundingBoxes = [.. predicted.SelectMany(_ => new float[] { 0, 0, 10, 10 })],
                Score = scores,
            }]));

    private sealed class Row
    {
        public string[] Label { get; set; } = [];

        public float[] BoundingBoxes { get; set; } = [];

        public string[] PredictedLabel { get; set; } = [];

        public float[] PredictedBoundingBoxes { get; set; } = [];

        public float[] Score { get; set; } = [];
    }
}
