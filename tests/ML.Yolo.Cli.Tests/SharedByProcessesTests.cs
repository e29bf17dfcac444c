using ML.Yolo.Tests;
using ML.Yolo.Tests.Distributed;

namespace ML.Yolo.Cli.Tests;

/// <summary>mlyolo started by mpirun.</summary>
[Collection(WithTrainedRun.Name)]
public sealed class SharedByProcessesTests(TrainedRun run) : IDisposable
{
    private static readonly string Assembly = Path.Combine(AppContext.BaseDirectory, "mlyolo.dll");

    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [MpiFact]
    public void Detect_TwoProcesses_GivesTheFilesAndLinesOfOne()
    {
        string[] line = Detect(Pictures(count: 130));

        var one = Tool.Run(_folder.Path, [.. line, "--output", _folder.File("one")]);
        var (code, two) = MpiRunner.Run(2, ["dotnet", Assembly, .. line, "--output", _folder.File("two")]);

        Assert.True(code == 0, two);
        Assert.Equal(130, one.Lines.Count);
        Assert.Equal(one.Lines, two.Split('\n').Take(130));
        Assert.Equal(131, Files("one").Count);
        Assert.Equal(Files("one"), Files("two"));
    }

    [MpiFact]
    public void Detect_AProcessFails_LeavesWholeBlocksAndGoesOnWithTheOthers()
    {
        var pictures = Pictures(count: 130);
        string[] line = [.. Detect(pictures), "--bad-images", "stop"];
        var good = File.ReadAllBytes(Path.Combine(pictures, "070.png"));
        File.WriteAllText(Path.Combine(pictures, "070.png"), "no picture");

        var (code, failed) = MpiRunner.Run(2, ["dotnet", Assembly, .. line, "--output", _folder.File("cut")]);

        Assert.NotEqual(0, code);
        Assert.Contains("rank 1: error: ", failed, StringComparison.Ordinal);
        Assert.Contains("Rank 1 of 2 failed: ", failed, StringComparison.Ordinal);
        Assert.Equal(["000000.jsonl"], Directory.GetFiles(_folder.File("cut", "unfinished"), "*.jsonl").Select(Path.GetFileName));

        File.WriteAllBytes(Path.Combine(pictures, "070.png"), good);
        var resumed = Tool.Run(_folder.Path, [.. line, "--resume", _folder.File("cut")]);
        Tool.Run(_folder.Path, [.. line, "--output", _folder.File("one")]);

        Assert.Equal((0, 66), (resumed.ExitCode, resumed.Lines.Count));
        Assert.Contains("64 of 130 pictures were done already.", resumed.Error, StringComparison.Ordinal);
        Assert.Equal(Files("one"), Files("cut"));
    }

    [Fact]
    public void Detect_ResumeOfAnotherRun_SaysWhatIsExpected()
    {
        var pictures = Pictures(count: 1);
        Directory.CreateDirectory(_folder.File("other"));
        File.WriteAllText(_folder.File("other", "unfinished.json"), "{}");

        var (none, other) = (Tool.Run(_folder.Path, [.. Detect(pictures), "--resume", "."]), Tool.Run(_folder.Path, [.. Detect(pictures), "--resume", "other"]));

        Assert.Equal((2, 2), (none.ExitCode, other.ExitCode));
        Assert.Contains("holds no unfinished.json", none.ErrorLine, StringComparison.Ordinal);
        Assert.Contains("is of a run with other pictures, another model or other options", other.ErrorLine, StringComparison.Ordinal);
    }

    [MpiFact]
    public void Train_TwoProcesses_PrintsOnceAndLeavesOneFolder()
    {
        string[] line = ["train", "--data", run.Set, .. TrainedRun.Small, "--epochs", "2", "--output", _folder.File("runs")];

        var (code, output) = MpiRunner.Run(2, ["dotnet", Assembly, .. line]);

        Assert.True(code == 0, output);
        Assert.Single(output.Split('\n'), text => text.TrimStart().StartsWith("2/2 ", StringComparison.Ordinal));
        Assert.Equal([_folder.File("runs", "train")], Directory.GetDirectories(_folder.File("runs")));
        string[] expected =
        [
            "best.safetensors", "first-batch.jpg", "labels.jpg", "last.safetensors", "log.txt", "metrics.json", "model.zip", "options.yaml", "report.html",
            "results.csv",
        ];
        Assert.Equal(expected, Directory.GetFiles(_folder.File("runs", "train")).Select(Path.GetFileName).Order(StringComparer.Ordinal));
        Assert.Contains("2 processes share every batch: rank 0 is process", File.ReadAllText(_folder.File("runs", "train", "log.txt")), StringComparison.Ordinal);
    }

    [MpiFact]
    public void Val_TwoProcesses_IsRefused()
    {
        var (code, output) = MpiRunner.Run(2, "dotnet", Assembly, "val", "--model", run.Model, "--data", run.Set);

        Assert.NotEqual(0, code);
        Assert.Contains("mlyolo val was started as 2 processes; one is expected.", output, StringComparison.Ordinal);
    }

    private string[] Detect(string pictures)
        => ["detect", "--model", run.Model, "--source", pictures, "--score", "0.001", "--save-images", "--rank-timeout", "30"];

    private string Pictures(int count)
    {
        var folder = Directory.CreateDirectory(_folder.File("pictures")).FullName;
        for (var i = 0; i < count; i++)
            File.Copy(Path.Combine(run.Pictures, $"{i % 4}.png"), Path.Combine(folder, $"{i:D3}.png"));
        return folder;
    }

    private List<string> Files(string name)
        => [.. Directory.GetFiles(_folder.File(name)).Order(StringComparer.Ordinal).Select(path => $"{Path.GetFileName(path)} {Convert.ToHexString(File.ReadAllBytes(path))}")];
}
