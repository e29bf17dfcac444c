using ML.Yolo.Tests;
using ML.Yolo.Tests.Documentation;

namespace ML.Yolo.Cli.Tests;

/// <summary>mlyolo train.</summary>
[Collection(WithTrainedRun.Name)]
public sealed class TrainTests(TrainedRun run) : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void Train_SmallSet_LeavesEverythingInTheRunFolder()
    {
        Assert.Equal(0, run.Outcome.ExitCode);
        Assert.DoesNotContain("error:", run.Outcome.Error, StringComparison.Ordinal);

        var files = Directory.GetFiles(Path.GetDirectoryName(run.Model)!).Select(file => Path.GetFileName(file)).Order(StringComparer.Ordinal);

        string[] expected =
        [
            "best.safetensors", "first-batch.jpg", "labels.jpg", "last.safetensors", "log.txt", "metrics.json", "model.zip", "options.yaml", "report.html",
            "results.csv",
        ];
        Assert.Equal(expected, files);
        Assert.Equal(run.Model, run.Outcome.Lines[^1]);
        Assert.Equal(3, File.ReadAllLines(Path.Combine(run.Folder, "runs", "train", "results.csv")).Length);
    }

    [Fact]
    public void Train_NoTerminal_PrintsPlainLinesAndSaysTheFormat()
    {
        Assert.Contains(run.Outcome.Lines, line => line.StartsWith("2/2 ", StringComparison.Ordinal));
        Assert.DoesNotContain('\u001b', run.Outcome.Output);
        Assert.Contains("квадраты is a YOLO set.", run.Outcome.Error, StringComparison.Ordinal);
    }

    [Fact]
    public void Train_SetOnTheCommandLine_IsInTheOptionsOfTheRun()
    {
        var lines = File.ReadAllLines(Path.Combine(run.Folder, "runs", "train", "options.yaml"));

        Assert.Contains("Loss.BoxWeight: 0.1", lines);
        Assert.Contains("MaxEpoch: 2", lines);
        Assert.Contains("Loss: YoloV5", lines);
        Assert.Contains($"data: '{run.Set}'", lines);
    }

    [Fact]
    public void Train_Interrupted_KeepsTheBestAndGoesOn()
    {
        string[] line = ["train", "--data", run.Set, .. TrainedRun.Small, "--epochs", "500", "--name", "Lauf"];
        var interrupted = Tool.RunAndInterruptAt(_folder.Path, "2/500", line);

        Assert.Equal(130, interrupted.ExitCode);
        var folder = _folder.File("runs", "Lauf");
        Assert.Contains($"mlyolo train --resume '{folder}'", interrupted.ErrorLine, StringComparison.Ordinal);
        Assert.True(File.Exists(Path.Combine(folder, "model.zip")));
        var done = File.ReadAllLines(Path.Combine(folder, "results.csv")).Length - 1;

        var resumed = Tool.Run(_folder.Path, "train", "--resume", folder, "--epochs", $"{done + 1}");

        Assert.Equal(0, resumed.ExitCode);
        Assert.Contains(resumed.Lines, text => text.StartsWith($"{done + 1}/{done + 1} ", StringComparison.Ordinal));
        Assert.Equal(done + 2, File.ReadAllLines(Path.Combine(folder, "results.csv")).Length);
        Assert.Equal([folder], Directory.GetDirectories(_folder.File("runs")));
    }

    [Fact]
    public void Train_NoValSplitAndWeights_HoldsATenthOutAndTakesTheirArchitecture()
    {
        var set = _folder.File("set");
        SquareFolder.Write(set, trainCount: 12, valCount: 1);
        File.WriteAllText(Path.Combine(set, "data.yaml"), "train: images/train\nval:\nnames: [red, blue]\n");
        var weights = Path.Combine(run.Folder, "runs", "train", "best.safetensors");

        var outcome = Tool.Run(_folder.Path, ["train", "--data", "set", .. TrainedRun.Small, "--epochs", "1", "--seed", "3", "--weights", weights, "--quiet"]);
        var said = Tool.Run(_folder.Path, ["train", "--data", "set", .. TrainedRun.Small, "--epochs", "1", "--seed", "3", "--weights", weights]);

        Assert.Equal((0, 0), (outcome.ExitCode, said.ExitCode));
        Assert.Equal([_folder.File("runs", "train", "model.zip")], outcome.Lines);
        Assert.Equal(_folder.File("runs", "train2", "model.zip"), said.Lines[^1]);
        Assert.Contains("1 of its 12 pictures, drawn by seed 3, are held out", said.Error, StringComparison.Ordinal);
        Assert.Contains("The weights are for yolov5n.", said.Error, StringComparison.Ordinal);
        var (first, second) = (_folder.File("runs", "train", "best.safetensors"), _folder.File("runs", "train2", "best.safetensors"));
        Assert.Equal(File.ReadAllBytes(first), File.ReadAllBytes(second));
    }

    [Fact]
    public void Train_OptionsOfAnotherRunAndOptionsOfOnesOwn_TheOwnWin()
    {
        File.WriteAllText(_folder.File("own.yaml"), "LearningRate: 0.5\nMaxEpoch: 7\nLoss: v3\nLoss.NoObjectWeight: 0.25\nAugmentation:\n  Rotation: 3\n");

        var outcome = Tool.Run(_folder.Path, "train", "--options", "own.yaml", "--epochs", "9", "--set", "Augmentation.MosaicTiles=9", "--show-options");

        Assert.Equal(0, outcome.ExitCode);
        string[] expected =
        [
            "LearningRate: 0.5", "MaxEpoch: 9", "Loss: YoloV3", "Loss.NoObjectWeight: 0.25", "BatchSize: 16",
            "Augmentation.Rotation: 3", "Augmentation.MosaicTiles: 9",
        ];
        Assert.All(expected, line => Assert.Contains(line, outcome.Lines));
        Assert.False(Directory.Exists(_folder.File("runs")));
    }

    [Fact]
    public void Train_LossOfItsOwnOverAnOptionsFile_TakesNothingOfTheOther()
    {
        File.WriteAllText(_folder.File("v5.yaml"), "Loss: v5\nLoss.AnchorThreshold: 3\n");

        var outcome = Tool.Run(_folder.Path, "train", "--options", "v5.yaml", "--loss", "v3", "--show-options");

        Assert.Equal(0, outcome.ExitCode);
        Assert.Contains("Loss: YoloV3", outcome.Lines);
        Assert.DoesNotContain("AnchorThreshold", outcome.Output, StringComparison.Ordinal);
    }

    [Fact]
    public void Train_ArchitectureWithoutAnchors_HasItsOwnLossAndItsParts()
    {
        var own = Tool.Run(_folder.Path, "train", "--architecture", "yolov8n", "--show-options");
        var changed = Tool.Run(_folder.Path, "train", "--architecture", "yolov8n", "--set", "Loss.DistributionWeight=2", "--show-options");

        Assert.Equal((0, 0), (own.ExitCode, changed.ExitCode));
        Assert.Contains("# Loss: YoloV8", own.Lines);
        Assert.Contains("Loss.DistributionWeight: 2", changed.Lines);
    }

    [Fact]
    public void Train_EveryOptionThatIsShown_CanBeGivenBack()
    {
        var shown = Tool.Run(_folder.Path, "train", "--set", "Loss.LayerBalance=3,2,1", "--show-options");
        File.WriteAllText(_folder.File("all.yaml"), shown.Output);

        var again = Tool.Run(_folder.Path, "train", "--options", "all.yaml", "--show-options");

        Assert.Equal(0, again.ExitCode);
        Assert.Contains("Loss.LayerBalance: 3,2,1", shown.Lines);
        Assert.Equal(shown.Output, again.Output);
    }

    [Theory]
    [InlineData("there is no option 'Loss.BoxWait'. Is 'Loss.BoxWeight' meant?", "--set", "Loss.BoxWait=1")]
    [InlineData("LearningRate is '0,1'; a number is expected, such as 0.5.", "--set", "LearningRate=0,1")]
    [InlineData("--set 'Momentum' has no value; NAME=VALUE is expected", "--set", "Momentum")]
    [InlineData("MaxEpoch is '1.5'; a whole number is expected.", "--epochs", "1.5")]
    [InlineData("one of Sgd, Adam, AdamW", "--optimizer", "SGDR")]
    [InlineData("one of yolov5n, yolov5s", "--architecture", "yolo5")]
    [InlineData("say the same; one of them is expected.", "--epochs", "3", "--set", "MaxEpoch=4")]
    [InlineData("ImageSize is 65; it must be a multiple of 32", "--image-size", "65")]
    [InlineData("device is 'gpu'; cpu, the number of a GPU, or several", "--device", "gpu")]
    [InlineData("--weights 'nix.pt' does not exist", "--weights", "nix.pt")]
    [InlineData("--options 'nix.yaml' does not exist", "--options", "nix.yaml")]
    [InlineData("nix' does not exist; a data.yaml or a folder", "--val-data", "nix")]
    [InlineData("is not one: leave --images out", "--images", ".")]
    [InlineData("there is no option 'CheckpointDirectory'", "--set", "CheckpointDirectory=x")]
    public void Train_WrongValue_SaysSoInOneLineAndLeavesNothing(string expected, params string[] arguments)
    {
        var outcome = Tool.Run(_folder.Path, ["train", "--data", run.Set, .. arguments]);

        Assert.Equal(2, outcome.ExitCode);
        Assert.Contains(expected, outcome.ErrorLine, StringComparison.Ordinal);
        Assert.Empty(Directory.GetFileSystemEntries(_folder.Path));
    }

    [Theory]
    [InlineData("https://example.org/data.yaml", "is an address")]
    [InlineData("nix", "does not exist")]
    [InlineData(".", "holds neither a data.yaml (YOLO) nor ImageSets/Main (Pascal VOC)")]
    public void Train_WrongData_SaysWhatIsExpected(string data, string expected)
    {
        var outcome = Tool.Run(_folder.Path, "train", "--data", data);

        Assert.Equal(2, outcome.ExitCode);
        Assert.Contains(expected, outcome.ErrorLine, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Train_TwoAtATime_HaveFoldersOfTheirOwn()
    {
        string[] line = ["train", "--data", run.Set, .. TrainedRun.Small, "--epochs", "1", "--quiet"];

        var outcomes = await Task.WhenAll(Enumerable.Range(0, 2).Select(_ => Task.Run(() => Tool.Run(_folder.Path, line))));

        Assert.All(outcomes, outcome => Assert.Equal(0, outcome.ExitCode));
        string[] expected = [_folder.File("runs", "train", "model.zip"), _folder.File("runs", "train2", "model.zip")];
        Assert.Equal(expected, outcomes.SelectMany(outcome => outcome.Lines).Order(StringComparer.Ordinal));
    }

    [Fact]
    public void Train_ResumeOfWhatIsNoRun_SaysWhatIsExpected()
        => Assert.Contains("holds no options.yaml", Tool.Run(_folder.Path, "train", "--resume", ".").ErrorLine, StringComparison.Ordinal);
}
