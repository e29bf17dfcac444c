using System.Net;
using System.Text.RegularExpressions;
using Microsoft.ML;
using ML.Yolo.Reports;
using ML.Yolo.Tests.Onnx;
using ML.Yolo.Tests.Training;
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

    [Fact]
    public void Write_ModelTrainedInThisProcess_TellsTheRunAndShowsItsFirstBatchAndTrainingLabels()
    {
        using var folder = new TemporaryFolder();
        var options = TinyRun.Options(epochs: 2);
        options.ValidationSet = SquareImages.AsView(_mlContext, SquareImages.Draw(3, seed: 2));
        using var model = TinyRun.Fit(new MLContext(seed: 1), options);

        var path = DetectionReport.Write(folder.File("report"), report.Metrics, model.History, images: null, new() { Model = model });

        var html = WebUtility.HtmlDecode(File.ReadAllText(path));
        Assert.All(
            ["<th scope=\"row\">network</th><td>yolov5n, 2 classes", "<th scope=\"row\">image size</th><td>64 pixels", "from scratch", "<th scope=\"row\">seed</th><td>1<",
                "8 training images with", "epochs measured on 3 images", "processors", "ML.Yolo 0.1.0", "the weights kept are of epoch", "(h:mm:ss)"],
            part => Assert.Contains(part, html, StringComparison.Ordinal));
        Assert.Contains("<section id=\"batch\">", html, StringComparison.Ordinal);
        Assert.Equal(4, Images().Count(html));
        Assert.Contains("Box sizes, training labels, and anchors", html, StringComparison.Ordinal);
        Assert.Contains("box, validation", html, StringComparison.Ordinal);
        Assert.Contains($"best epoch {model.History!.BestEpoch}", html, StringComparison.Ordinal);
        Assert.Contains("training objects", html, StringComparison.Ordinal);
    }

    [Fact]
    public void Write_ModelThatWasLoaded_SaysWhoseLabelsItShows()
    {
        Assert.Contains("Labels of the images measured: those of the training are not known here.", report.Html, StringComparison.Ordinal);
        Assert.Contains("Box sizes, measured labels", report.Html, StringComparison.Ordinal);
        Assert.DoesNotContain("<section id=\"batch\">", report.Html, StringComparison.Ordinal);
    }

    [Fact]
    public void Write_ModelWithoutAnchors_LaysNoneOverTheBoxSizes()
    {
        using var folder = new TemporaryFolder();
        using var model = RandomDetector.Create(YoloArchitecture.V8Nano, imageSize: 64);

        var html = File.ReadAllText(DetectionReport.Write(folder.File("report"), report.Metrics, images: ScoredScenes.View(_mlContext), options: new() { Model = model }));

        Assert.Contains("Box sizes, measured labels<", html, StringComparison.Ordinal);
        Assert.DoesNotContain("anchors", html, StringComparison.OrdinalIgnoreCase);
    }

    [Fact]
    public void Write_ModelWithARecommendedThreshold_ShowsThatOneNumber()
    {
        using var folder = new TemporaryFolder();
        using var model = RandomDetector.Create(YoloArchitecture.V5Nano, imageSize: 64);
        model.Scoring.RecommendedThreshold = 0.321f;

        var html = File.ReadAllText(DetectionReport.Write(folder.File("report"), report.Metrics, images: ScoredScenes.View(_mlContext), options: new() { Model = model }));

        Assert.Contains("<dt>recommended threshold</dt><dd>0.321</dd>", html, StringComparison.Ordinal);
        Assert.Contains("predictions of confidence 0.321 and above", html, StringComparison.Ordinal);
    }

    [Fact]
    public void Write_EveryCard_SaysAtWhichThresholdItHolds()
    {
        var cards = report.Html[report.Html.IndexOf("<dl class=\"cards\">", StringComparison.Ordinal)..report.Html.IndexOf("</dl>", StringComparison.Ordinal)];

        Assert.Equal(7, Cards().Count(cards));
        Assert.All(Cards().Matches(cards), card => Assert.Contains("confidence", card.Value, StringComparison.Ordinal));
    }

    [Fact]
    public void Write_BesideThePage_AreTheNumbersAndTheEpochs()
    {
        var folder = Path.GetDirectoryName(report.Path)!;

        var metrics = System.Text.Json.JsonSerializer.Deserialize<DetectionMetrics>(File.ReadAllText(Path.Combine(folder, "metrics.json")))!;

        Assert.Equal(report.Metrics.MAP50_95, metrics.MAP50_95);
        Assert.Equal(WrittenReport.History().ToCsv(), File.ReadAllText(Path.Combine(folder, "results.csv")));
        Assert.False(Directory.Exists(Path.Combine(folder, "plots")));
    }

    [Fact]
    public void Write_PlotsAsPng_WritesEachWithInkOnWhite()
    {
        using var folder = new TemporaryFolder();

        DetectionReport.Write(folder.File("report"), report.Metrics, WrittenReport.History(), ScoredScenes.View(_mlContext), new() { PlotsAsPng = true });

        var files = Directory.GetFiles(folder.File(Path.Combine("report", "plots"))).Order(StringComparer.Ordinal).ToList();
        Assert.Equal(Plots().Count(report.Html), files.Count);
        Assert.EndsWith("01-losses-by-term.png", files[0], StringComparison.Ordinal);
        Assert.All(files, file =>
        {
            using var picture = SKBitmap.Decode(file);
            Assert.Equal(SKColors.White, picture.GetPixel(1, 1));
            Assert.True(picture.Pixels.Count(pixel => pixel != SKColors.White) > 2000, $"{file} is empty");
        });
    }

    [Fact]
    public void Write_EightyClasses_SaysWhichCurvesAreShownAndWhyAndListsTheConfusions()
    {
        using var folder = new TemporaryFolder();
        var rows = Enumerable.Range(0, 80).Select(i => new ScoredScenes.Row
        {
            Label = [$"class {i}", $"class {i}"],
            BoundingBoxes = [0, 0, 10, 10, 20, 20, 30, 30],
            PredictedLabel = [$"class {i}", $"class {(i + 1) % 80}"],
            PredictedBoundingBoxes = [0, 0, 10, 10, 20, 20, 30, 30],
            Score = [0.9f - (0.001f * i), 0.8f],
        });
        var metrics = _mlContext.MulticlassClassification.EvaluateDetections(_mlContext.Data.LoadFromEnumerable(rows, SchemaWithoutImage()));

        var html = WebUtility.HtmlDecode(File.ReadAllText(DetectionReport.Write(folder.File("report"), metrics)));

        Assert.Contains("Of 80 classes with objects the curves of 7 are shown, since more could not be told apart: the 4 of highest and the 3 of lowest", html, StringComparison.Ordinal);
        Assert.Contains("24 of 80 classes are shown", html, StringComparison.Ordinal);
        Assert.Contains("Most frequent confusions of two classes.", html, StringComparison.Ordinal);
    }

    [Fact]
    public void Paint_ThirtyBoxes_WritesTwelveCaptions()
    {
        using var image = SKImage.Create(new SKImageInfo(600, 600));
        var boxes = Enumerable.Range(0, 30).Select(i => new PaintedBox(new Box(100 * (i % 6), 30 + (100 * (i / 6)), (100 * (i % 6)) + 40, 90 + (100 * (i / 6))), "name", SKColors.Red)).ToList();

        using var painted = SKBitmap.FromImage(BoxPainter.Paint(image, boxes, 1, maxLabels: 12));

        // A plate lies above its box, in the box's colour.
        Assert.Equal(12, boxes.Count(box => painted.GetPixel((int)box.Box.X0 + 3, (int)box.Box.Y0 - 8) == SKColors.Red));
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

    [GeneratedRegex("<div><dt>.*?</div>")]
    private static partial Regex Cards();

    [GeneratedRegex("<svg [^>]*>")]
    private static partial Regex Plots();

    [GeneratedRegex("src=\"data:image/jpeg;base64,([^\"]*)\"")]
    private static partial Regex Pictures();
}
