using System.Diagnostics;
using Microsoft.ML;
using ML.Yolo.Training;

namespace ML.Yolo.Tests.Training;

public sealed class CheckpointTests
{
    private static readonly string TrainingProcess = Path.Combine(AppContext.BaseDirectory, "TrainingProcess.dll");

    [Fact]
    public void Resume_AfterAKill_GivesTheWeightsOfAnUninterruptedRun()
    {
        using var folder = new TemporaryFolder();
        var (_, uninterrupted) = ChildProcess.Run("dotnet", TrainingProcess, folder.File("whole", "checkpoints"), "6");

        KillAfter("epoch 3", TrainingProcess, folder.File("killed", "checkpoints"), "6");
        var (_, resumed) = ChildProcess.Run("dotnet", TrainingProcess, folder.File("killed", "checkpoints"), "6", "resume");

        Assert.DoesNotContain("epoch 1\n", resumed, StringComparison.Ordinal);
        Assert.Contains("epoch 6\n", resumed, StringComparison.Ordinal);
        Assert.Equal(LastLine(uninterrupted), LastLine(resumed));
    }

    [Fact]
    public void Fit_CheckpointDirectory_LeavesLastAndBestThatAreReadByName()
    {
        using var folder = new TemporaryFolder();
        var options = TinyRun.Options();
        options.CheckpointDirectory = folder.Path;

        using var model = TinyRun.Fit(new MLContext(seed: 1), options);

        Assert.Equal(["best.safetensors", "last.safetensors"], Directory.GetFiles(folder.Path).Select(Path.GetFileName).Order());
        var best = Safetensors.Load(folder.File("best.safetensors"));
        Assert.NotEmpty(best);
        Assert.All(model.Network.state_dict(), entry => TensorAssert.Equal(entry.Value, best[entry.Key]));
    }

    [Fact]
    public void Resume_NoCheckpointYet_StartsAnew()
    {
        using var folder = new TemporaryFolder();
        var options = TinyRun.Options(epochs: 1);
        (options.CheckpointDirectory, options.Resume) = (folder.Path, true);

        using var model = TinyRun.Fit(new MLContext(seed: 1), options);

        Assert.Single(model.History!.Epochs);
    }

    [Theory]
    [InlineData("blue", "red", "it learned the classes (red, blue), and (blue, red) are to be learned")]
    [InlineData("cat", "dog", "it learned the classes (red, blue), and (cat, dog) are to be learned")]
    public void Resume_OtherClassesOrAnotherOrder_IsRefusedNamingBoth(string first, string second, string message)
    {
        using var folder = new TemporaryFolder();
        var options = TinyRun.Options(epochs: 1);
        options.CheckpointDirectory = folder.Path;
        TinyRun.Fit(new MLContext(seed: 1), options).Dispose();
        var mlContext = new MLContext(seed: 1);
        var names = mlContext.Data.LoadFromEnumerable(new[] { first, second }.Select(name => new { Name = name }));
        var rows = SquareImages.Draw(8);
        foreach (var row in rows)
            row.Label = Array.ConvertAll(row.Label, label => first == "cat" ? first : label);
        var data = mlContext.Data.LoadFromEnumerable(rows);
        var keys = mlContext.Transforms.Conversion.MapValueToKey("Label", keyData: names).Fit(data).Transform(data);
        (options.Resume, options.MaxEpoch) = (true, 2);

        var exception = Assert.Throws<WeightsFormatException>(() => mlContext.MulticlassClassification.Trainers.Yolo(options).Fit(keys));

        Assert.Contains(message, exception.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Resume_OtherArchitecture_IsRefusedNamingBoth()
    {
        using var folder = new TemporaryFolder();
        var options = TinyRun.Options(epochs: 1);
        options.CheckpointDirectory = folder.Path;
        TinyRun.Fit(new MLContext(seed: 1), options).Dispose();
        (options.Resume, options.MaxEpoch, options.Architecture) = (true, 2, YoloArchitecture.V5Small);

        var exception = Assert.Throws<WeightsFormatException>(() => TinyRun.Fit(new MLContext(seed: 1), options));

        Assert.Contains("architecture", exception.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Resume_PretrainedWeightsAreGone_GoesOnFromTheCheckpoint()
    {
        using var folder = new TemporaryFolder();
        var options = TinyRun.Options(epochs: 1);
        options.CheckpointDirectory = folder.Path;
        TinyRun.Fit(new MLContext(seed: 1), options).Dispose();
        (options.Resume, options.MaxEpoch, options.PretrainedWeights) = (true, 2, folder.File("gone.safetensors"));

        using var model = TinyRun.Fit(new MLContext(seed: 1), options);

        Assert.Equal([1, 2], model.History!.Epochs.Select(epoch => epoch.Epoch));
    }

    [Fact]
    public void Resume_OtherOptionsAndData_NamesWhatChanged()
    {
        using var folder = new TemporaryFolder();
        var options = TinyRun.Options(epochs: 1);
        options.CheckpointDirectory = folder.Path;
        TinyRun.Fit(new MLContext(seed: 1), options).Dispose();
        var mlContext = new MLContext(seed: 1);
        var lines = new List<string>();
        mlContext.Log += (_, entry) => lines.Add(entry.Message);
        (options.Resume, options.MaxEpoch, options.LearningRate) = (true, 2, 0.02);

        using var model = TinyRun.Fit(mlContext, options, images: 9);

        Assert.Contains(lines, line => line.Contains("LearningRate was 0.01 and is 0.02", StringComparison.Ordinal));
        Assert.Contains(lines, line => line.Contains("the training data had 8 samples and has 9", StringComparison.Ordinal));
        Assert.Equal([1, 2], model.History!.Epochs.Select(epoch => epoch.Epoch));
    }

    [Theory]
    [InlineData(20)]
    [InlineData(5000)]
    public void Resume_TruncatedCheckpoint_SaysWhichFileIsDamaged(int length)
    {
        using var folder = new TemporaryFolder();
        var options = TinyRun.Options(epochs: 1);
        options.CheckpointDirectory = folder.Path;
        TinyRun.Fit(new MLContext(seed: 1), options).Dispose();
        var last = folder.File("last.safetensors");
        File.WriteAllBytes(last, File.ReadAllBytes(last)[..length]);
        options.Resume = true;

        var exception = Assert.Throws<WeightsFormatException>(() => TinyRun.Fit(new MLContext(seed: 1), options));

        Assert.Contains(last, exception.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Yolo_ResumeWithoutADirectory_NamesTheOption()
    {
        var options = TinyRun.Options();
        options.Resume = true;

        Assert.Equal("CheckpointDirectory", Assert.Throws<ArgumentException>(() => new YoloTrainer(new MLContext(), options)).ParamName);
    }

    [Fact]
    public void Resume_RunGoneOnWith_KeepsWhenItBeganAndItsValidationLosses()
    {
        using var folder = new TemporaryFolder();
        var options = TinyRun.Options(epochs: 1);
        options.CheckpointDirectory = folder.Path;
        options.ValidationSet = SquareImages.AsView(new MLContext(), SquareImages.Draw(3, seed: 2));
        using var first = TinyRun.Fit(new MLContext(seed: 1), options);
        (options.Resume, options.MaxEpoch) = (true, 2);

        using var resumed = TinyRun.Fit(new MLContext(seed: 1), options);

        Assert.Equal(first.History!.Run!.StartedAt, resumed.History!.Run!.StartedAt);
        Assert.Equal(first.History.Epochs[0].ValidationLosses, resumed.History.Epochs[0].ValidationLosses);
        Assert.Equal(2, resumed.Insight!.FirstBatch!.Epoch);
    }

    [Fact]
    public void Resume_AfterAPause_GoesOnFromTheTimeBefore()
    {
        using var folder = new TemporaryFolder();
        var options = TinyRun.Options(epochs: 1);
        (options.CheckpointDirectory, options.Progress) = (folder.Path, new Observer(_ => Thread.Sleep(TimeSpan.FromSeconds(0.5))));
        TinyRun.Fit(new MLContext(seed: 1), options).Dispose();
        (options.Resume, options.MaxEpoch, options.Progress) = (true, 2, null);

        using var model = TinyRun.Fit(new MLContext(seed: 1), options);

        var epochs = model.History!.Epochs;
        Assert.InRange(epochs[0].Elapsed, TimeSpan.FromSeconds(1), TimeSpan.MaxValue);
        Assert.InRange(epochs[1].Elapsed, epochs[0].Elapsed, TimeSpan.MaxValue);
    }

    [Theory]
    [InlineData(1, 16, 1, 3)]
    [InlineData(3, 16, 2, 0)]
    [InlineData(3, 16, 2, 3)]
    [InlineData(1, 2, 1, 0)]
    public void Fit_FewerBatchesThanAStepTakes_StepsAndLeavesNoGradients(int epochs, int batchSize, int steps, double warmupEpochs)
    {
        using var folder = new TemporaryFolder();
        var options = TinyRun.Options(epochs);
        (options.BatchSize, options.NominalBatchSize, options.WarmupEpochs, options.CheckpointDirectory) = (batchSize, 64, warmupEpochs, folder.Path);
        const string Convolution = "model.0.conv.weight";

        using var model = TinyRun.Fit(new MLContext(seed: 1), options);

        using var initial = YoloNetwork.Create(options.ChosenArchitecture, classCount: 2, options.ChosenLoss.BoxCoding, seed: 1);
        Assert.False(initial.state_dict()[Convolution].Equals(model.Network.state_dict()[Convolution]));
        var (checkpoint, _) = Checkpoint.Load(folder.File("last.safetensors"));
        Assert.Equal((steps, 0), (checkpoint.State.AverageUpdates, checkpoint.State.SinceStep));
    }

    private static string LastLine(string output) => output.TrimEnd().Split('\n')[^1];

    private static void KillAfter(string line, params string[] arguments)
    {
        using var process = Process.Start(new ProcessStartInfo("dotnet", arguments) { RedirectStandardOutput = true })!;
        while (process.StandardOutput.ReadLine() is { } read && read != line)
        {
        }

        process.Kill();
        process.WaitForExit();
    }
}
