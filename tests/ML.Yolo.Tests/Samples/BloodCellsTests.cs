namespace ML.Yolo.Tests.Samples;

/// <summary>The Model Builder-style sample, run as a program.</summary>
public sealed class BloodCellsTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void Run_WithoutData_SaysWhereToGetIt()
    {
        var (exitCode, output) = Run();

        Assert.Equal(2, exitCode);
        Assert.Contains("--data is missing.", output, StringComparison.Ordinal);
        Assert.Contains("BCCD_Dataset", output, StringComparison.Ordinal);
    }

    [Fact]
    public void Run_NoExport_SaysWhatWasExpected()
    {
        var (exitCode, output) = Run("--data", _folder.Path);

        Assert.Equal(2, exitCode);
        Assert.Contains("is no VoTT export and holds none", output, StringComparison.Ordinal);
    }

    [SharedFact]
    [Trait("Category", "Long")]
    public void Run_VottExport_TrainsMeasuresSavesAndPredicts()
    {
        var (exitCode, output) = Run("--data", SharedFolder.Path("data", "bccd"), "--epochs", "2", "--image-size", "96");

        Assert.True(exitCode == 0, output);
        Assert.Contains("Epoch 2/2: box", output, StringComparison.Ordinal);
        Assert.Contains("Platelets", output, StringComparison.Ordinal);
        Assert.Matches(@"BloodImage_\d+\.jpg: \d+ cells", output);
        Assert.True(File.Exists(_folder.File("BloodCells.mlnet")));
    }

    private (int ExitCode, string Output) Run(params string[] arguments)
        => ChildProcess.RunIn(_folder.Path, "dotnet", [Path.Combine(AppContext.BaseDirectory, "BloodCells.dll"), .. arguments]);
}
