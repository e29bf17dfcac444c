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
    public void Fit_WithValidationEverySecondEpoch_KeepsTheValidationLossesOfThose()
    {
        var epochs = run.Model.History!.Epochs;

        Assert.Null(epochs[0].ValidationLosses);
        Assert.All(epochs.Skip(1), epoch => Assert.Equal(["box", "cls", "obj"], epoch.ValidationLosses!.Keys.Order()));
        Assert.All(epochs.Skip(1), epoch => Assert.All(epoch.ValidationLosses!.Values, loss => Assert.InRange(loss, 1e-6f, 100)));
    }

    [Fact]
    public void Fit_WhateverTheData_WritesDownWhenWhereAndOnWhat()
    {
        var facts = run.Model.History!.Run!;

        Assert.Equal((1, 8, 3, "cpu", "0.1.0"), (facts.Seed, facts.ImageCount, facts.ValidationImageCount, facts.Device, facts.LibraryVersion));
        Assert.Equal(["red", "blue"], facts.ObjectCounts.Keys);
        Assert.Equal(SquareImages.Draw(8).Sum(row => row.Label.Length), facts.ObjectCounts.Values.Sum());
        Assert.Contains("processors", facts.Hardware, StringComparison.Ordinal);
    }

    [Fact]
    public void Load_ModelZip_KeepsFactsAndValidationLosses()
    {
        var zip = run.Folder.File("facts.zip");
        run.MLContext.Model.Save(run.Model, null, zip);

        using var loaded = (YoloTransformer)run.MLContext.Model.Load(zip, out _);

        Assert.Equal(JsonSerializer.Serialize(run.Model.History), JsonSerializer.Serialize(loaded.History));
        Assert.Null(loaded.Insight);
    }

    [Theory]
    [InlineData(3, 0.1, 0.5, 0.5)]
    [InlineData(1, 0.4, 0.1, 0.2)]
    [InlineData(2, 0.1, 0.4, null)]
    public void BestEpoch_SomeValidated_IsTheLastOfTheBest(int expected, double? first, double? second, double? third)
    {
        double?[] values = [first, second, third];

        var history = new TrainingHistory([.. values.Select((value, i) => Epoch(i + 1, 1) with { MAP50 = value, MAP50_95 = value })]);

        Assert.Equal(expected, history.BestEpoch);
    }

    [Fact]
    public void BestEpoch_NoneValidated_IsNull() => Assert.Null(new TrainingHistory([Epoch(1, 1)]).BestEpoch);

    [Fact]
    public void Deserialize_HistoryOfAnEarlierVersion_HasNeitherFactsNorValidationLosses()
    {
        const string Json = """{"Epochs":[{"Epoch":1,"Losses":{"box":1},"LearningRate":0.1,"ImagesPerSecond":2,"Elapsed":"00:00:01","MAP50":0.5}]}""";

        var history = JsonSerializer.Deserialize<TrainingHistory>(Json)!;

        Assert.Null(history.Run);
        Assert.Null(Assert.Single(history.Epochs).ValidationLosses);
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
