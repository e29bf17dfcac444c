using SkiaSharp;

namespace ML.Yolo.Tests.Samples;

/// <summary>The notebook on losses, run as a program.</summary>
public sealed class LossAnalysisTests
{
    [Fact]
    public void Run_AsItIs_PrintsTheNotebooksNumbersAndDrawsEveryStrideWithALegend()
    {
        using var folder = new TemporaryFolder();

        var (exitCode, output) = ChildProcess.RunIn(folder.Path, "dotnet", Path.Combine(AppContext.BaseDirectory, "LossAnalysis.dll"), "--output", folder.File("pictures"));

        Assert.True(exitCode == 0, output);
        Assert.Matches("built targets, stride 8 +│ 30 +│ 3 +│", output);
        Assert.Matches("built targets, stride 16 +│ 21 +│ 3 +│", output);
        Assert.Matches("built targets, stride 32 +│ 12 +│ 2 +│", output);
        Assert.Contains("distribution", output, StringComparison.Ordinal);
        Assert.Contains("object 0, image 0, class 14", output, StringComparison.Ordinal);
        Assert.Matches(@"│ 0: 1\.88 × 3\.81 +│ \(9,10\)\* \(9,9\) \(10,10\) +│", output);
        Assert.Matches(@"│ none +│ +│ +│ \(\d+,\d+\)", output);
        Assert.All([8, 16, 32], stride =>
        {
            using var picture = SKBitmap.Decode(folder.File(Path.Combine("pictures", $"stride-{stride}.png")));
            var legend = Enumerable.Range(0, picture.Width).SelectMany(x => Enumerable.Range(picture.Height - 100, 90).Select(y => picture.GetPixel(x, y)));
            Assert.True(legend.Count(pixel => pixel != SKColors.White) > 1000);
        });
    }
}
