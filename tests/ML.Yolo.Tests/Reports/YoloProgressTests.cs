using Microsoft.ML;
using ML.Yolo.Tests.Training;

namespace ML.Yolo.Tests.Reports;

public sealed class YoloProgressTests
{
    [Fact]
    public void To_AWriter_WritesAHeadAndALinePerEpoch()
    {
        using var writer = new StringWriter();
        var options = TinyRun.Options(epochs: 2);
        options.Progress = YoloProgress.To(writer);

        TinyRun.Fit(new MLContext(seed: 1), options).Dispose();

        var lines = writer.ToString().TrimEnd().Split(writer.NewLine);
        Assert.Equal(3, lines.Length);
        Assert.Matches("^ +epoch +box +obj +cls +mAP50 +mAP50-95 +images/s +left$", lines[0]);
        Assert.Matches(@"^ +1/2 +\d+\.\d{4} ", lines[1]);
        Assert.Matches(@"^ +2/2 .* 0:00:00$", lines[2]);
    }

    [Fact]
    public void To_ALiveWriter_TellsOfEveryBatchAndClearsTheLineBeforeTheEpoch()
    {
        using var writer = new StringWriter();
        var options = TinyRun.Options(epochs: 1);
        options.Progress = YoloProgress.To(writer, isLive: true);

        TinyRun.Fit(new MLContext(seed: 1), options, images: 8).Dispose();

        var text = writer.ToString();
        Assert.Contains("[############............] 50 %", text, StringComparison.Ordinal);
        Assert.Contains("batch 2/2", text, StringComparison.Ordinal);
        Assert.Matches(@"\r +\r +epoch +box", text);
    }
}
