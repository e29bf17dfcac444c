using ML.Yolo.Tests;

namespace ML.Yolo.Cli.Tests;

/// <summary>mlyolo inspect and benchmark.</summary>
[Collection(WithTrainedRun.Name)]
public sealed class InspectTests(TrainedRun run) : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void Inspect_Set_CountsAndMeasuresEverySplit()
    {
        var outcome = Tool.Run(_folder.Path, "inspect", run.Set, "--sheet", "Bögen.jpg");

        Assert.Equal(0, outcome.ExitCode);
        Assert.Contains("train: 8 images, 1 of them without objects", outcome.Output, StringComparison.Ordinal);
        Assert.Contains("val: 4 images", outcome.Output, StringComparison.Ordinal);
        Assert.Equal(2, outcome.Lines.Count(line => line.StartsWith("width, pixels", StringComparison.Ordinal)));
        var sheets = Directory.GetFiles(_folder.Path).Select(file => Path.GetFileName(file)).Order(StringComparer.Ordinal);
        Assert.Equal(["Bögen-train.jpg", "Bögen-val.jpg"], sheets);
    }

    [Fact]
    public void Inspect_Model_SaysWhatItIs()
    {
        var outcome = Tool.Run(_folder.Path, "inspect", run.Model);

        Assert.Equal(0, outcome.ExitCode);
        Assert.Contains("architecture  yolov5n", outcome.Lines);
        Assert.Contains("classes       2: red, blue", outcome.Lines);
        Assert.Contains("GFLOPs", outcome.Lines[^1], StringComparison.Ordinal);
    }

    [Fact]
    public void Benchmark_Model_MeasuresBothEngines()
    {
        var outcome = Tool.Run(_folder.Path, "benchmark", "--model", run.Model, "--runs", "2");

        Assert.Equal(0, outcome.ExitCode);
        Assert.Equal(["engine", "LibTorch", "OnnxRuntime"], outcome.Lines.Select(line => line.Split(' ')[0]));
    }
}
