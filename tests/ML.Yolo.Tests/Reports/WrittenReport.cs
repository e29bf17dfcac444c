using Microsoft.ML;

namespace ML.Yolo.Tests.Reports;

/// <summary>One report of <see cref="ScoredScenes"/>, written once for all tests of a class.</summary>
public sealed class WrittenReport : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public WrittenReport()
    {
        var mlContext = new MLContext();
        var scenes = ScoredScenes.View(mlContext);
        Metrics = mlContext.MulticlassClassification.EvaluateDetections(scenes);
        Path = DetectionReport.Write(_folder.File("report"), Metrics, History(), scenes, new DetectionReportOptions { Title = "Cats & dogs", ScoreThreshold = 0.5f });
        Html = File.ReadAllText(Path);
    }

    public DetectionMetrics Metrics { get; }

    public string Path { get; }

    public string Html { get; }

    public void Dispose() => _folder.Dispose();

    internal static TrainingHistory History() => new([.. Enumerable.Range(1, 12).Select(epoch => new TrainingEpoch
    {
        Epoch = epoch,
        Losses = new Dictionary<string, float> { ["box"] = 0.1f / epoch, ["obj"] = 0.05f, ["cls"] = 0.03f / epoch },
        LearningRate = 0.01 / epoch,
        ImagesPerSecond = 20 + epoch,
        Elapsed = TimeSpan.FromSeconds(epoch),
        MAP50 = epoch % 3 == 0 ? 0.05 * epoch : null,
        MAP50_95 = epoch % 3 == 0 ? 0.03 * epoch : null,
        Precision = epoch % 3 == 0 ? 0.06 * epoch : null,
        Recall = epoch % 3 == 0 ? 0.04 * epoch : null,
    })]);
}
