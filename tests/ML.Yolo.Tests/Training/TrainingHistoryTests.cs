using System.Text.Json;
using Microsoft.ML;

namespace ML.Yolo.Tests.Training;

public sealed class TrainingHistoryTests(TrainingHistoryTests.LoggedRun run) : IClassFixture<TrainingHistoryTests.LoggedRun>
{
    [Fact]
    public void Fit_WithValidationEverySecondEpoch_KeepsLossesOfAllAndMetricsOfThose()
    {
        var epochs = run.Model.History!.Epochs;

        Assert.Equal([1, 2, 3], epochs.Select(epoch => epoch.Epoch));
        Assert.All(epochs, epoch => Assert.Equal(["box", "cls", "obj"], epoch.Losses.Keys.Order()));
        Assert.Equal([false, true, true], epochs.Select(epoch => epoch.MAP50_95 is not null));
    }

    [Fact]
    public void Load_ModelZip_KeepsTheHistory()
    {
        var zip = run.Folder.File("model.zip");
        run.MLContext.Model.Save(run.Model, null, zip);

        using var loaded = (YoloTransformer)run.MLContext.Model.Load(zip, out _);

        Assert.Equal(run.Model.History!.ToCsv(), loaded.History!.ToCsv());
    }

    [Fact]
    public void Fit_CsvLogGiven_WritesALineAnEpoch()
    {
        var lines = File.ReadAllLines(run.CsvLog);

        Assert.StartsWith("epoch,seconds,loss/box,loss/obj,loss/cls,rate/learning,rate/images-per-second,metrics/mAP50,", lines[0], StringComparison.Ordinal);
        Assert.Equal(["1", "2", "3"], lines[1..].Select(line => line.Split(',')[0]));
    }

    [Fact]
    public void Fit_TensorBoardFolderGiven_WritesEventsThatTensorBoardReads()
    {
        var events = TensorBoardFile.Read(Assert.Single(Directory.GetFiles(run.TensorBoard)));

        Assert.Equal("brain.Event:2", events[0].FileVersion);
        var box = events.Skip(1).Where(item => item.Summary.Value[0].Tag == "loss/box").ToList();
        Assert.Equal([1, 2, 3], box.Select(item => item.Step));
        Assert.Equal(run.Model.History!.Epochs.Select(epoch => epoch.Losses["box"]), box.Select(item => item.Summary.Value[0].SimpleValue));
        Assert.All(box, item => Assert.InRange(DateTimeOffset.FromUnixTimeSeconds((long)item.WallTime), DateTimeOffset.UtcNow.AddHours(-1), DateTimeOffset.UtcNow.AddHours(1)));
        Assert.Equal([2, 3], events.Skip(1).Where(item => item.Summary.Value[0].Tag == "metrics/mAP50-95").Select(item => item.Step));
    }

    [Fact]
    public void ToCsv_InAnyCulture_SeparatesByCommasAndLeavesGapsEmpty()
    {
        using var culture = new CultureScope("de-DE");
        var history = new TrainingHistory([Epoch(1, 0.5f), Epoch(2, float.NaN) with { MAP50 = 0.25, MAP50_95 = 0.125 }]);

        Assert.Equal(
            """
            epoch,seconds,loss/box,rate/learning,rate/images-per-second,metrics/mAP50,metrics/mAP75,metrics/mAP50-95,metrics/precision,metrics/recall,metrics/F1
            1,1.500,0.5,0.01,20,,,,,,
            2,3.000,NaN,0.01,20,0.25,,0.125,,,

            """.ReplaceLineEndings("\n"),
            history.ToCsv());
    }

    [Fact]
    public void Serialize_LossThatIsNone_SurvivesJson()
    {
        var json = JsonSerializer.Serialize(new TrainingHistory([Epoch(1, float.NaN)]));

        Assert.True(float.IsNaN(JsonSerializer.Deserialize<TrainingHistory>(json)!.Epochs[0].Losses["box"]));
    }

    private static TrainingEpoch Epoch(int number, float loss) => new()
    {
        Epoch = number,
        Losses = new Dictionary<string, float> { ["box"] = loss },
        LearningRate = 0.01,
        ImagesPerSecond = 20,
        Elapsed = TimeSpan.FromSeconds(1.5 * number),
    };

    /// <summary>Three epochs, validated every second and at the end, with all logs.</summary>
    public sealed class LoggedRun : IDisposable
    {
        public LoggedRun()
        {
            var options = TinyRun.Options(epochs: 3);
            options.ValidationSet = SquareImages.AsView(MLContext, SquareImages.Draw(3, seed: 2));
            (options.ValidationInterval, options.CsvLogPath, options.TensorBoardFolder) = (2, CsvLog, TensorBoard);
            Model = TinyRun.Fit(MLContext, options);
        }

        public MLContext MLContext { get; } = new(seed: 1);

        public YoloTransformer Model { get; }

        public string CsvLog => Folder.File("log.csv");

        public string TensorBoard => Folder.File("board");

        internal TemporaryFolder Folder { get; } = new();

        public void Dispose()
        {
            Model.Dispose();
            Folder.Dispose();
        }
    }
}
