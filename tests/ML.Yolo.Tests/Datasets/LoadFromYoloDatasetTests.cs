using Microsoft.ML;
using SkiaSharp;

namespace ML.Yolo.Tests.Datasets;

public sealed class LoadFromYoloDatasetTests : IDisposable
{
    private readonly MLContext _mlContext = new();
    private readonly TemporaryFolder _folder = new();

    public static TheoryData<string, string[]> BrokenLabels => new()
    {
        { "negative-width", ["line", "width"] },
        { "x-above-one", ["line", "cx is 1.5"] },
        { "class-out-of-range", ["line", "class is '3'", "from 0 to 2"] },
        { "nan", ["line", "nan"] },
        { "non-numeric", ["line"] },
        { "missing-column", ["line", "3 numbers follow the class"] },
        { "decimal-comma", ["line", "0,5"] },
    };

    public void Dispose() => _folder.Dispose();

    [SharedFact]
    public void LoadFromYoloDataset_Coco128_GivesAllImagesBoxesAndClasses()
    {
        var rows = Rows(_mlContext.Data.LoadFromYoloDataset(SharedFolder.Path("data", "coco128")));

        Assert.Equal(128, rows.Count);
        Assert.Equal(929, rows.Sum(row => row.Label.Length));
        Assert.Equal(71, rows.SelectMany(row => row.Label).Distinct().Count());
        Assert.All(rows, row => Assert.Equal(4 * row.Label.Length, row.BoundingBoxes.Length));
    }

    [SharedTheory]
    [MemberData(nameof(BrokenLabels))]
    public void LoadFromYoloDataset_BrokenLabels_NamesFileLineAndField(string name, string[] parts)
    {
        CopyBroken(name);

        var exception = Assert.Throws<DatasetFormatException>(() => Rows(_mlContext.Data.LoadFromYoloDataset(_folder.Path)));

        Assert.Contains(name + ".txt", exception.Message, StringComparison.Ordinal);
        Assert.All(parts, part => Assert.Contains(part, exception.Message, StringComparison.OrdinalIgnoreCase));
        Assert.NotNull(exception.Line);
    }

    [SharedTheory]
    [InlineData("ok", 2)]
    [InlineData("empty", 0)]
    [InlineData("blank-lines", 2)]
    [InlineData("crlf", 2)]
    [InlineData("bom", 1)]
    public void LoadFromYoloDataset_UnusualButValidLabels_GivesTheBoxes(string name, int boxes)
    {
        CopyBroken(name);

        Assert.Equal(boxes, Assert.Single(Rows(_mlContext.Data.LoadFromYoloDataset(_folder.Path))).Label.Length);
    }

    [Fact]
    public void LoadFromYoloDataset_Box_IsInPixelsOfTheImageAsLabelledEvenWhereItLeavesIt()
    {
        Write("names: [a, b]\ntrain: images", ("images/x.png", "1 0.5 0.5 0.5 0.25\n0 0.9 0.5 0.4 0.5\n"));

        var row = Assert.Single(Rows(_mlContext.Data.LoadFromYoloDataset(_folder.Path)));

        Assert.Equal(["b", "a"], row.Label);
        Assert.Equal([10, 7.5f, 30, 12.5f, 28, 5, 44, 15], row.BoundingBoxes.Select(x => MathF.Round(x, 3)));
    }

    [Theory]
    [InlineData("0 0.5 0.5 -0.25 0.25", "width is -0.25; a number in [0, 1] was expected")]
    [InlineData("0 1.5 0.5 0.25 0.25", "cx is 1.5")]
    [InlineData("1 0.5 0.5 0.25 0.25", "class is '1'; a whole number from 0 to 0 was expected")]
    [InlineData("-1 0.5 0.5 0.25 0.25", "class is '-1'")]
    [InlineData("a 0.5 0.5 0.25 0.25", "class is 'a'")]
    [InlineData("0 0.5 NaN 0.25 0.25", "cy is NaN")]
    [InlineData("0 0,5 0.5 0.25 0.25", "cx is '0,5'; a number in [0, 1] with a decimal point was expected")]
    [InlineData("0 0.5 0.5 0.25", "3 numbers follow the class")]
    [InlineData("0 0.1 0.1 0.2 0.2 0.3", "5 numbers follow the class")]
    public void LoadFromYoloDataset_MalformedLine_NamesFileLineAndField(string line, string message)
    {
        Write("names: [a]\ntrain: images", ("images/x.png", "0 0.5 0.5 0.5 0.5\n\n" + line + "\n"));

        var exception = Assert.Throws<DatasetFormatException>(() => Rows(_mlContext.Data.LoadFromYoloDataset(_folder.Path)));

        Assert.EndsWith("x.txt", exception.FilePath, StringComparison.Ordinal);
        Assert.Equal(3, exception.Line);
        Assert.Contains(message, exception.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void LoadFromYoloDataset_ByteOrderMarkCarriageReturnsAndTabs_AreWhiteSpace()
    {
        Write("names: [a]\ntrain: images", ("images/x.png", "\uFEFF0 0.5 0.5 0.5 0.5\r\n \t\r\n0\t0.25  0.25 0.1 0.1 \r\n"));

        Assert.Equal(2, Assert.Single(Rows(_mlContext.Data.LoadFromYoloDataset(_folder.Path))).Label.Length);
    }

    [Fact]
    public void LoadFromYoloDataset_Polygon_GivesTheBoxAroundIt()
    {
        Write("names: {0: a}\ntrain: images", ("images/x.png", "0 0.25 0.5 0.75 0.25 0.5 1\n"));

        Assert.Equal([10, 5, 30, 20], Assert.Single(Rows(_mlContext.Data.LoadFromYoloDataset(_folder.Path))).BoundingBoxes);
    }

    [Fact]
    public void LoadFromYoloDataset_DecimalPointUnderAGermanCulture_IsOne()
    {
        using var culture = new CultureScope("de-DE");
        Write("names: [a]\ntrain: images", ("images/x.png", "0 0.5 0.5 0.5 0.5\n"));

        Assert.Equal([10, 5, 30, 15], Assert.Single(Rows(_mlContext.Data.LoadFromYoloDataset(_folder.Path))).BoundingBoxes);
    }

    [Theory]
    [InlineData("train: list.txt")]
    [InlineData("train: [images/one, images/two]")]
    [InlineData("path: .\ntrain: images")]
    [InlineData("path: /nowhere/at/all\ntrain: images")]
    public void LoadFromYoloDataset_SplitAsFileListOrFolder_GivesTheImages(string split)
    {
        File.WriteAllText(_folder.File("list.txt"), "images/one/a.png\n\n./images/two/b.png\n");
        Write("names: [a]\n" + split, ("images/one/a.png", "0 0.5 0.5 0.5 0.5\n"), ("images/two/b.png", null));

        var rows = Rows(_mlContext.Data.LoadFromYoloDataset(_folder.Path));

        Assert.Equal([1, 0], rows.Select(row => row.Label.Length));
        Assert.Equal(["a.png", "b.png"], rows.Select(row => Path.GetFileName(row.ImagePath)));
    }

    [Theory]
    [InlineData("names: [a]\nval: images", "there is no split 'train'; there are 'val'")]
    [InlineData("names: [a]\ntrain: elsewhere", "'elsewhere' is neither a folder nor a file")]
    [InlineData("train: images", "'names' is missing")]
    [InlineData("names: [a, b]\nnc: 3\ntrain: images", "'nc' is 3, and 'names' has 2 entries")]
    [InlineData("names: {0: a, 2: b}\ntrain: images", "'names' has the key '2'")]
    [InlineData("names: [a\ntrain: images", "not valid YAML")]
    [InlineData("just text", "one YAML mapping")]
    public void LoadFromYoloDataset_MalformedFile_SaysWhatIsWrong(string yaml, string message)
    {
        Write(yaml, ("images/x.png", null));

        var exception = Assert.Throws<DatasetFormatException>(() => _mlContext.Data.LoadFromYoloDataset(_folder.Path));

        Assert.Contains(message, exception.Message, StringComparison.Ordinal);
        Assert.Contains("data.yaml", exception.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void LoadFromYoloDataset_NoSuchFolder_SaysWhatWasExpected()
    {
        var exception = Assert.Throws<FileNotFoundException>(() => _mlContext.Data.LoadFromYoloDataset(_folder.File("nothing")));

        Assert.Contains("a data.yaml or a folder that holds one was expected", exception.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void LoadFromYoloDataset_ImageThatIsText_NamesIt()
    {
        Write("names: [a]\ntrain: images", ("images/x.png", "0 0.5 0.5 0.5 0.5\n"));
        File.WriteAllText(_folder.File("images", "x.png"), "no image");

        var exception = Assert.Throws<DatasetFormatException>(() => Rows(_mlContext.Data.LoadFromYoloDataset(_folder.Path)));

        Assert.Contains("x.png': the image is missing its header, or is not an image that can be read", exception.Message, StringComparison.Ordinal);
    }

    private List<Row> Rows(IDataView data) => [.. _mlContext.Data.CreateEnumerable<Row>(data, reuseRowObject: false)];

    private void Write(string yaml, params (string Image, string? Labels)[] images)
    {
        File.WriteAllText(_folder.File("data.yaml"), yaml);
        using var bitmap = new SKBitmap(40, 20);
        foreach (var (image, labels) in images)
        {
            using (var stream = File.Create(_folder.File(image.Split('/'))))
                bitmap.Encode(stream, SKEncodedImageFormat.Png, 100);
            if (labels is not null)
                File.WriteAllText(_folder.File(Path.ChangeExtension(image, ".txt").Replace("images", "labels", StringComparison.Ordinal).Split('/')), labels);
        }
    }

    private void CopyBroken(string name)
    {
        File.Copy(SharedFolder.Path("data", "broken", "yolo", "images", name + ".jpg"), _folder.File("images", name + ".jpg"));
        File.Copy(SharedFolder.Path("data", "broken", "yolo", "labels", name + ".txt"), _folder.File("labels", name + ".txt"));
        File.WriteAllText(_folder.File("data.yaml"), "names: [a, b, c]\ntrain: images");
    }

    private sealed class Row
    {
        public string ImagePath { get; set; } = "";

        public string[] Label { get; set; } = [];

        public float[] BoundingBoxes { get; set; } = [];
    }
}
