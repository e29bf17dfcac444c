using System.Xml.Linq;
using Microsoft.ML;
using Microsoft.ML.Data;
using ML.Yolo.Tests.Training;

namespace ML.Yolo.Tests.Reports;

public sealed class DetectionHtmlTests
{
    [Fact]
    public void ToHtml_Metrics_HasALinePerClassAndEscapesNames()
    {
        var mlContext = new MLContext();
        var data = mlContext.Data.LoadFromEnumerable([
            new Row { Label = ["a<b", "never"], BoundingBoxes = [0, 0, 10, 10, 20, 20, 30, 30], PredictedLabel = ["a<b"], PredictedBoundingBoxes = [0, 0, 10, 10], Score = [0.01f] }]);
        var metrics = mlContext.MulticlassClassification.EvaluateDetections(data);

        var rows = XElement.Parse(metrics.ToHtml()).Descendants("tr").Select(row => row.Elements().Select(cell => cell.Value).ToArray()).ToArray();

        Assert.Equal(["class", "objects", "detections", "AP50-95", "AP50", "AP75", "precision", "recall", "F1"], rows[0]);
        Assert.Equal(["a<b", "1", "1", "1.000", "1.000", "1.000", "1.000", "1.000", "1.000"], rows[2]);
        Assert.Equal(["never", "1", "0", "0.000", "0.000", "0.000", "–", "0.000", "0.000"], rows[3]);
    }

    [Fact]
    public void ToHtml_History_HasALinePerEpochAndAPlotOfTheLosses()
    {
        using var model = TinyRun.Fit(new MLContext(seed: 1), TinyRun.Options(epochs: 3));

        var html = model.History!.ToHtml();

        Assert.Contains("Losses by term", html, StringComparison.Ordinal);
        var table = XElement.Parse(html[html.IndexOf("<div style", StringComparison.Ordinal)..]);
        Assert.Equal(["epoch", "1", "2", "3"], table.Descendants("tr").Select(row => row.Elements().First().Value));
    }

    [Fact]
    public void ToHtml_Picture_HoldsItsPixels()
    {
        byte[] pixels = [255, 0, 0, 255, 0, 0, 255, 255];
        using var picture = MLImage.CreateFromPixels(2, 1, MLPixelFormat.Rgba32, pixels);

        var element = XElement.Parse(picture.ToHtml("Red & blue").Replace("\">", "\"/>", StringComparison.Ordinal));

        Assert.Equal(("Red & blue", "2", "1"), (element.Attribute("alt")!.Value, element.Attribute("width")!.Value, element.Attribute("height")!.Value));
        using var png = new MemoryStream(Convert.FromBase64String(element.Attribute("src")!.Value["data:image/png;base64,".Length..]));
        using var read = SkiaSharp.SKBitmap.Decode(png);
        Assert.Equal((SkiaSharp.SKColors.Red, SkiaSharp.SKColors.Blue), (read.GetPixel(0, 0), read.GetPixel(1, 0)));
    }

    private sealed class Row
    {
        public string[] Label { get; set; } = [];

        public float[] BoundingBoxes { get; set; } = [];

        public string[] PredictedLabel { get; set; } = [];

        public float[] PredictedBoundingBoxes { get; set; } = [];

        public float[] Score { get; set; } = [];
    }
}
