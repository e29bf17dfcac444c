using System.Diagnostics;
using Microsoft.ML;

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
        Assert.Equal(Checksum(uninterrupted), Checksum(resumed));
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
    public void Fit_LossNotFinite_NamesEpochBatchAndRows()
    {
        var options = TinyRun.Options(epochs: 5);
        (options.LearningRate, options.WarmupEpochs, options.GradientClipNorm) = (1e30, 0, 0);

        var exception = Assert.Throws<TrainingDivergedException>(() => TinyRun.Fit(new MLContext(seed: 1), options));

        Assert.Matches(@"^The loss of epoch \d, batch \d of 2 is no finite number; its samples are rows \d, \d, \d, \d of the training data\.", exception.Message);
    }

    [Fact]
    public void Fit_LossNotFiniteLater_KeepsTheBestWhereAsked()
    {
        var options = TinyRun.Options(epochs: 8);
        (options.LearningRate, options.WarmupEpochs, options.GradientClipNorm, options.OnNonFiniteLoss) = (1e30, 0, 0, NonFiniteLossHandling.KeepBest);
        // Steps wait for the second epoch.
        options.NominalBatchSize = 12;

        using var model = TinyRun.Fit(new MLContext(seed: 1), options);

        Assert.InRange(model.History!.Epochs.Count, 1, 7);
    }

    private static string Checksum(string output) => output.TrimEnd().Split('\n')[^1];

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
