using System.Net;
using System.Text.RegularExpressions;
using Microsoft.ML;
using ML.Yolo.Tests.Onnx;
using SkiaSharp;

namespace ML.Yolo.Tests.Reports;

public sealed partial class DetectionReportTests(WrittenReport report) : IClassFixture<WrittenReport>
{
    private readonly MLContext _mlContext = new();

    [Fact]
    public void Write_WholeReport_AsksNothingOfTheNetworkAndHasNoScript()
    {
        Assert.DoesNotContain("<script", report.Html, StringComparison.OrdinalIgnoreCase);
        Assert.DoesNotContain("url(http", report.Html, StringComparison.OrdinalIgnoreCase);
        Assert.DoesNotContain("@import", report.Html, StringComparison.OrdinalIgnoreCase);
        var sources = Sources().Matches(report.Html).Select(match => match.Groups[1].Value).ToList();
        Assert.NotEmpty(sources);
        Assert.All(sources, source => Assert.StartsWith("data:", source, StringComparison.Ordinal));
    }

    [Fact]
    public void Write_WholeReport_HasEverySection()
        => Assert.All(
            ["summary", "training", "curves", "confusion", "classes", "labels", "best-images", "worst-images", "most-confused-images"],
            id => Assert.Contains($"<section id=\"{id}\">", report.Html, StringComparison.Ordinal));

    [Fact]
    public void Write_ClassesOfDifferentPrecision_KeepsTheirOrderInEveryTable()
    {
        string[] expected = [.. report.Metrics.PerClass.Select(item => item.ClassName)];
        Assert.NotEqual(expected, report.Metrics.PerClass.OrderByDescending(item => item.AveragePrecision50_95).Select(item => item.ClassName));

        Assert.Equal(expected, Heads("class-table"));
        Assert.Equal(expected, Heads("count-table"));
        Assert.Equal([.. expected, "background"], Heads("table class=\"confusion\""));
    }

    private IEnumerable<string> Heads(string name)
    {
        var table = report.Html[report.Html.IndexOf(name + (name.Contains('"') ? "" : "\""), StringComparison.Ordinal)..];
        return RowHeads().Matches(table[..table.IndexOf("</table>", StringComparison.Ordinal)]).Select(match => match.Groups[1].Value);
    }

    [Fact]
    public void Write_EveryImageAndPlot_IsDescribedInWords()
    {
        var (images, plots) = (Images().Matches(report.Html), Plots().Matches(report.Html));
        Assert.Equal((8, 10), (images.Count, plots.Count));
        Assert.All(images, match => Assert.Matches("alt=\"[^\"]{10,}\"", match.Value));
        Assert.All(plots, match => Assert.Matches("aria-label=\"[^\"]{10,}\"", match.Value));
        Assert.Contains("Ground truth of bad &lt;&amp;&gt; image.png: missed: cat; missed: dog", report.Html, StringComparison.Ordinal);
        Assert.Contains("Predictions on bad &lt;&amp;&gt; image.png: false alarm: cat 0.85", report.Html, StringComparison.Ordinal);
        Assert.Contains("Ground truth of confused.png: cat, taken for dog", report.Html, StringComparison.Ordinal);
    }

    [Fact]
    public void Write_Galleries_FrameMissedObjectsAndFalseAlarmsWhereTheyAre()
    {
        var (truth, predicted) = Pair("worst-images", "bad &lt;");

        // The picture is 560 pixels wide, of an image of 200: the left edges of the missed cat at 20 and of the false alarm at 10.
        Assert.True(IsColoured(truth, 20, 50, new SKColor(0xCA, 0x08, 0x00)), "the missed cat has no red frame");
        Assert.True(IsColoured(predicted, 10, 128, new SKColor(0x93, 0x67, 0xFF)), "the false alarm has no purple frame");
        Assert.False(IsColoured(predicted, 20, 50, new SKColor(0xCA, 0x08, 0x00)), "the missed cat is framed among the predictions");
    }

    [Fact]
    public void Write_GalleryOfBestImages_HoldsOnlyThoseWithoutErrors()
    {
        var gallery = Section("best-images");

        Assert.Contains("good.png", gallery, StringComparison.Ordinal);
        Assert.DoesNotContain("confused.png", gallery, StringComparison.Ordinal);
        Assert.DoesNotContain("bad &lt;", gallery, StringComparison.Ordinal);
    }

    [Fact]
    public void Write_InAnotherCulture_WritesTheSamePage()
    {
        using var folder = new TemporaryFolder();
        using var culture = new CultureScope("de-DE");

        var path = DetectionReport.Write(folder.File("report"), report.Metrics, WrittenReport.History(), ScoredScenes.View(_mlContext), new DetectionReportOptions { Title = "Cats & dogs", ScoreThreshold = 0.5f });

        Assert.Equal(report.Html, File.ReadAllText(path));
    }

    [Theory]
    [InlineData(ScoringEngine.LibTorch)]
    [InlineData(ScoringEngine.OnnxRuntime)]
    public void Write_ModelOnEitherEngine_LaysItsAnchorsOverTheBoxSizes(ScoringEngine engine)
    {
        using var folder = new TemporaryFolder();
        using var torch = RandomDetector.Create(YoloArchitecture.V5Nano, imageSize: 64);
        using var model = engine == ScoringEngine.LibTorch ? torch : torch.ToOnnxRuntime(_mlContext);

        var html = File.ReadAllText(DetectionReport.Write(folder.File("report"), report.Metrics, images: ScoredScenes.View(_mlContext), options: new() { Model = model }));

        Assert.Contains("anchors: 10 × 13, 16 × 30, 33 × 23, 30 × 61", WebUtility.HtmlDecode(html), StringComparison.Ordinal);
    }

    [Fact]
    public void Write_NothingButMetricsOfNothing_StillMakesAPage()
    {
        using var folder = new TemporaryFolder();
        var metrics = _mlContext.MulticlassClassification.EvaluateDetections(_mlContext.Data.LoadFromEnumerable([new ScoredScenes.Row()], SchemaWithoutImage()));

        var html = File.ReadAllText(DetectionReport.Write(folder.File("report"), metrics));

        Assert.Contains("Measured on 1 images with 0 objects", html, StringComparison.Ordinal);
    }

    [Fact]
    public void Write_GallerySizeBelowZero_NamesTheOption()
    {
        var exception = Assert.Throws<ArgumentOutOfRangeException>(() => DetectionReport.Write("unused", report.Metrics, options: new() { GallerySize = -1 }));

        Assert.StartsWith("GallerySize is -1; it must be in [0, 100].", exception.Message, StringComparison.Ordinal);
    }

    private static Microsoft.ML.Data.SchemaDefinition SchemaWithoutImage()
    {
        var schema = Microsoft.ML.Data.SchemaDefinition.Create(typeof(ScoredScenes.Row));
        schema.Remove(schema.Single(column => column.ColumnName == "Image"));
        return schema;
    }

    /// <summary>Whether a colour stands within two pixels of a place of the unscaled image, along a dash's length.</summary>
    private static bool IsColoured(SKBitmap picture, int x, int y, SKColor colour)
    {
        var scale = picture.Width / 200f;
        return Enumerable.Range(-2, 5).Any(dx => Enumerable.Range(-12, 25).Any(dy => Distance(picture.GetPixel((int)(x * scale) + dx, (int)(y * scale) + dy), colour) < 60));
    }

    private static int Distance(SKColor a, SKColor b) => Math.Abs(a.Red - b.Red) + Math.Abs(a.Green - b.Green) + Math.Abs(a.Blue - b.Blue);

    private string Section(string id)
    {
        var start = report.Html.IndexOf($"<section id=\"{id}\">", StringComparison.Ordinal);
        return report.Html[start..report.Html.IndexOf("</section>", start, StringComparison.Ordinal)];
    }

    private (SKBitmap Truth, SKBitmap Predicted) Pair(string gallery, string name)
    {
        var section = Section(gallery);
        var pictures = Pictures().Matches(section[section.IndexOf($"<b>{name}", StringComparison.Ordinal)..]).Take(2).Select(match => SKBitmap.Decode(Convert.FromBase64String(match.Groups[1].Value))).ToList();
        return (pictures[0], pictures[1]);
    }

    [GeneratedRegex("(?:src|href)=\"([^\"]*)\"")]
    private static partial Regex Sources();

    [GeneratedRegex("<th scope=\"row\">([^<]*)</th>")]
    private static partial Regex RowHeads();

    [GeneratedRegex("<img [^>]*>")]
    private static partial Regex Images();

    [GeneratedRegex("<svg [^>]*>")]
    private static partial Regex Plots();

    [GeneratedRegex("src=\"data:image/jpeg;base64,([^\"]*)\"")]
    private static partial Regex Pictures();
}
