using Microsoft.ML;
using ML.Yolo.Samples;
using ML.Yolo.Tests.Training;

namespace ML.Yolo.Tests.Datasets;

public sealed class TrainingSetReaderTests : IDisposable
{
    private readonly MLContext _mlContext = new(seed: 1);
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void Read_ManyRowsOnSeveralThreads_KeepsTheirOrder()
    {
        var rows = Enumerable.Range(0, 150).Select(i => Picture($"{i:D3}.png", width: 20 + i)).ToList();

        using var set = Read(rows);

        Assert.Equal(Enumerable.Range(20, 150), set.Samples.Select(sample => sample.Letterbox.Width));
    }

    [Fact]
    public void Read_BoxesBeyondTheImageRepeatedOrEmpty_AreClippedAndCountOnce()
    {
        var row = Picture("a.png");
        (row.Label, row.BoundingBoxes) = (["a", "a", "a", "b", "b"], [-10, 0, 10, 10, 1, 2, 3, 4, 1, 2, 3, 4, 1, 2, 3, 4, 50, 0, 60, 10]);

        using var set = Read([row]);

        Assert.Equal([0, 0, 1], set.Samples[0].Classes);
        Assert.Equal([new Box(0, 0, 10, 10), new Box(1, 2, 3, 4), new Box(1, 2, 3, 4)], set.Samples[0].Boxes);
    }

    [Fact]
    public void Read_LabelOfTheLastRowIsBad_IsFoundBeforeTheImageOfTheFirst()
    {
        var rows = new[] { Picture("a.png"), Picture("b.png") };
        File.Delete(rows[0].ImagePath);
        rows[1].BoundingBoxes = [1, 2, 3];

        var exception = Assert.Throws<FormatException>(() => Read(rows));

        Assert.Equal("Row 1 has 3 numbers in 'BoundingBoxes' and 1 labels in 'Label'; 4 per label were expected.", exception.Message);
    }

    [Fact]
    public void Read_OneImageOfManyIsMissing_NamesRowAndPath()
    {
        var rows = Enumerable.Range(0, 100).Select(i => Picture($"{i:D3}.png")).ToList();
        File.Delete(rows[77].ImagePath);

        var exception = Assert.Throws<FormatException>(() => Read(rows));

        Assert.StartsWith("Row 77, 'Image'", exception.Message, StringComparison.Ordinal);
        Assert.Contains("077.png'): the image is missing, or is none that can be read", exception.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Read_BadSamplesSkipped_CountsThemAndReportsTheFirstTenInTheirOrder()
    {
        var rows = Enumerable.Range(0, 100).Select(i => Picture($"{i:D3}.png")).ToList();
        foreach (var row in rows.Skip(60).Take(12))
            File.WriteAllText(row.ImagePath, "no image");
        rows[5].BoundingBoxes = [1, 2, float.NaN, 4];
        var reader = SampleReading.Reader(["a", "b"], badSampleHandling: BadSampleHandling.Skip);

        using var set = reader.Read(View(rows), SampleReading.Cache());

        Assert.Equal((87, 13), (set.Samples.Count, reader.BadSamples.Count));
        var report = reader.BadSamples.Report("the data").Split(Environment.NewLine);
        Assert.Equal(11, report.Length);
        Assert.Equal("13 bad samples of the data are left out. The first 10:", report[0]);
        Assert.StartsWith("  Row 5, 'BoundingBoxes', box 0: (1, 2, NaN, 4) is not finite", report[1], StringComparison.Ordinal);
        Assert.StartsWith("  Row 60, 'Image'", report[2], StringComparison.Ordinal);
        Assert.StartsWith("  Row 68, 'Image'", report[10], StringComparison.Ordinal);
    }

    [Fact]
    public void Read_EveryRowIsBad_SaysWhy()
    {
        var row = Picture("a.png");
        File.Delete(row.ImagePath);
        var reader = SampleReading.Reader(["a", "b"], badSampleHandling: BadSampleHandling.Skip);

        var exception = Assert.Throws<InvalidOperationException>(() => reader.Read(View([row]), SampleReading.Cache()));

        const string Expected = "The training data has no row that can be used. 1 bad sample of the training data is left out.";
        Assert.StartsWith(Expected, exception.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Read_CachingOffAndImagesChangedOnTheWay_KeepsTheChangedOnes()
    {
        var data = View([Picture("a.png")]);
        var resizing = _mlContext.Transforms.ConvertToGrayscale("Image").Append(_mlContext.Transforms.ResizeImages("Image", 10, 10, "Image"));
        var gray = resizing.Fit(data).Transform(data);

        using var set = SampleReading.Reader(["a", "b"], ImageCaching.Off).Read(gray, SampleReading.Cache(0));

        Assert.Equal((10, 64), (set.Samples[0].Letterbox.Width, set.Image(set.Samples[0]).Image.Width));
    }

    [Fact]
    public void Fit_CachingOff_GivesTheSameWeights()
    {
        var rows = SquareImages.Draw(6).Select((square, i) =>
        {
            square.Image.Save(_folder.File($"{i}.png"));
            return new LabelledRows.Row { ImagePath = _folder.File($"{i}.png"), Label = square.Label, BoundingBoxes = square.BoundingBoxes };
        }).ToList();
        using var cached = Fit(ImageCaching.MemoryThenDisk);
        using var decoded = Fit(ImageCaching.Off);

        TensorAssert.Equal(cached.Network.state_dict()["model.0.conv.weight"], decoded.Network.state_dict()["model.0.conv.weight"]);

        YoloTransformer Fit(ImageCaching caching)
        {
            var options = TinyRun.Options(epochs: 1);
            options.ImageCaching = caching;
            return new MLContext(seed: 7).MulticlassClassification.Trainers.Yolo(options).Fit(View(rows));
        }
    }

    [Fact]
    public void Fit_BadSamplesSkipped_TrainsAndLogsSummaryAndReport()
    {
        var rows = Enumerable.Range(0, 5).Select(i => Picture($"{i}.png")).ToList();
        File.Delete(rows[3].ImagePath);
        var lines = new List<string>();
        _mlContext.Log += (_, entry) => lines.Add(entry.Message);
        var options = TinyRun.Options(epochs: 1);
        options.BadSampleHandling = BadSampleHandling.Skip;

        using var model = _mlContext.MulticlassClassification.Trainers.Yolo(options).Fit(View(rows));

        Assert.Contains(lines, line => line.Contains("The training data: 4 images, 0 of them without objects", StringComparison.Ordinal));
        Assert.Contains(lines, line => line.Contains("1 bad sample of the training data is left out.", StringComparison.Ordinal));
    }

    private TrainingSet Read(IEnumerable<LabelledRows.Row> rows) => SampleReading.Reader(["a", "b"]).Read(View(rows), SampleReading.Cache());

    private IDataView View(IEnumerable<LabelledRows.Row> rows)
    {
        var data = _mlContext.Data.LoadFromEnumerable(rows);
        return SampleReading.Prepare(_mlContext, data);
    }

    private LabelledRows.Row Picture(string name, int width = 40)
    {
        LabelledRows.WritePicture(_folder.File(name), width);
        return new LabelledRows.Row { ImagePath = _folder.File(name), Label = ["a"], BoundingBoxes = [1, 2, 10, 12] };
    }
}
