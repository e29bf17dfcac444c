using Microsoft.ML;
using ML.Yolo.Tests.Datasets;

namespace ML.Yolo.Tests.Pipelines;

/// <summary>The Quickstart's command that converts sets.</summary>
public sealed class ConvertTests : IDisposable
{
    private static readonly string Quickstart = Path.Combine(AppContext.BaseDirectory, "Quickstart.dll");

    private readonly MLContext _mlContext = new();
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void Convert_YoloToCocoAndBack_KeepsEverySplit()
    {
        WriteYolo();

        Assert.Equal((0, 0), (Convert("--from", _folder.File("set"), "--to", _folder.File("set.json")).ExitCode, Convert("--from", _folder.File("set-val.json"), "--images", _folder.File("set", "images", "val"), "--split", "val", "--to", _folder.File("back")).ExitCode));

        var (before, after) = (_mlContext.Data.LoadFromYoloDataset(_folder.File("set"), "val"), _mlContext.Data.LoadFromYoloDataset(_folder.File("back"), "val"));
        LabelledRows.AssertEqual(LabelledRows.Of(_mlContext, before), LabelledRows.Of(_mlContext, after));
        Assert.Equal(["a", "b"], _mlContext.Data.GetClassNames(after));
        Assert.True(File.Exists(_folder.File("set-train.json")));
    }

    [Fact]
    public void Convert_BadLabels_SaysWhereInOneLineOrSkipsThem()
    {
        WriteYolo();
        File.WriteAllText(_folder.File("set", "labels", "val", "2.txt"), "7 0.5 0.5 0.5 0.5\n");

        var (code, output) = Convert("--from", _folder.File("set"), "--split", "val", "--to", _folder.File("stopped"));
        var (skippingCode, skipping) = Convert("--from", _folder.File("set"), "--split", "val", "--to", _folder.File("skipped"), "--skip-bad");

        Assert.Equal((2, 0), (code, skippingCode));
        Assert.Contains("2.txt', line 1: class is '7'", output, StringComparison.Ordinal);
        Assert.DoesNotContain("   at ", output, StringComparison.Ordinal);
        Assert.Contains("1 bad sample of 2", skipping, StringComparison.Ordinal);
        Assert.Contains("Wrote 1 images", skipping, StringComparison.Ordinal);
    }

    private static (int ExitCode, string Output) Convert(params string[] arguments) => ChildProcess.Run("dotnet", [Quickstart, "convert", .. arguments]);

    private void WriteYolo()
    {
        foreach (var (split, name) in new[] { ("train", "1"), ("val", "1"), ("val", "2") })
        {
            LabelledRows.WritePicture(_folder.File("set", "images", split, name + ".png"));
            File.WriteAllText(_folder.File("set", "labels", split, name + ".txt"), "1 0.5 0.5 0.5 0.5\n");
        }

        File.WriteAllText(_folder.File("set", "data.yaml"), "train: images/train\nval: images/val\nnames: [a, b]\n");
    }
}
