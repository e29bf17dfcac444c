using System.Text;
using Microsoft.ML;
using ML.Yolo.Imaging;
using ML.Yolo.Tests.Datasets;
using SkiaSharp;

namespace ML.Yolo.Tests.Cases;

/// <summary>The same kinds of mistakes as in the cases, made in other places and other formats.</summary>
public sealed class OtherKindsTests : IDisposable
{
    private const StringComparison Ordinal = StringComparison.Ordinal;

    private readonly MLContext _mlContext = new(seed: 1);
    private readonly TemporaryFolder _folder = new();
    private readonly List<string> _log = [];

    public OtherKindsTests() => _mlContext.Log += (_, entry) => _log.Add(entry.Message);

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void LoadFromYoloDataset_CvatYolo11_LoadsNamesAndLabelsBesideTheImages()
    {
        Write("obj.data", "classes = 2\ntrain = data/train.txt\nvalid = data/valid.txt\nnames = data/obj.names\nbackup = backup/\n");
        Write("obj.names", "red\nblood cell\n");
        Write("train.txt", "data/obj_train_data/a.png\n");
        Write("valid.txt", "data/obj_valid_data/b.png\n");
        Picture("obj_train_data/a.png");
        Picture("obj_valid_data/b.png");
        Write("obj_train_data/a.txt", "1 0.5 0.5 0.5 0.5\n");
        Write("obj_valid_data/b.txt", "0 0.5 0.5 0.5 0.5\n");

        Assert.Equal(["blood cell"], Assert.Single(Rows(Yolo("train"))).Label);
        Assert.Equal(["red"], Assert.Single(Rows(Yolo("val"))).Label);
    }

    [Fact]
    public void LoadFromYoloDataset_AbsolutePathsOfAnotherMachine_AreFoundWithinTheSetAndSaid()
    {
        Write("data.yaml", "path: C:\\work\\set\ntrain: /content/set/images/train\nval: list.txt\nnames: [a]");
        Write("list.txt", "D:\\me\\set\\images\\train\\a.png\n");
        Picture("images/train/a.png");
        Write("labels/train/a.txt", "0 0.5 0.5 0.5 0.5\n");

        Assert.Equal("a.png", Assert.Single(Rows(Yolo("train"))).Name);
        Assert.Equal("a.png", Assert.Single(Rows(Yolo("val"))).Name);
        Assert.Contains(_log, line => line.Contains("'/content/set/images/train'", Ordinal));
        Assert.Contains(_log, line => line.Contains(@"'D:\me\set\images\train\a.png'", Ordinal));
    }

    [Fact]
    public void LoadFromYoloDataset_ImagesThatAreNotTaken_AreSaidWithTheirCount()
    {
        Write("data.yaml", "train: images\nnames: [a]");
        Picture("images/a.png");
        Write("labels/a.txt", "0 0.5 0.5 0.5 0.5\n");
        foreach (var name in new[] { "b.tif", "c.TIFF", "d.heic" })
            Write($"images/{name}", "II*");
        Write("images/notes.md", "no image");

        Assert.Single(Rows(Yolo("train")));

        Assert.Contains(_log, line => line.Contains("are left out: 3, the first is", Ordinal) && line.Contains("b.tif", Ordinal));
        Assert.Contains("are left out: 3", _mlContext.Data.SummarizeDetections(Yolo("train")).ToString(), Ordinal);
    }

    [Fact]
    public void LoadFromYoloDataset_LinksToParentsAndTwice_GiveEveryFolderOnce()
    {
        Write("data.yaml", "train: images\nnames: [a]");
        Picture("images/one/a.png");
        Write("labels/one/a.txt", "0 0.5 0.5 0.5 0.5\n");
        Directory.CreateSymbolicLink(_folder.File("images", "one", "up"), _folder.File("images"));
        Directory.CreateSymbolicLink(_folder.File("images", "one", "top"), _folder.Path);
        Directory.CreateSymbolicLink(_folder.File("images", "again"), _folder.File("images", "one"));

        Assert.Equal(_folder.File("images", "one", "a.png"), Assert.Single(Rows(Yolo("train"))).ImagePath);
        Assert.Contains(_log, line => line.Contains("Links that lead back to a folder above are not followed: 2", Ordinal));
    }

    [Fact]
    public void LoadFromYoloDataset_SomeImagesWithoutLabels_AreSaid()
    {
        Write("data.yaml", "train: images\nnames: [a]");
        foreach (var name in new[] { "a", "b", "c" })
            Picture($"images/{name}.png");
        Write("labels/b.txt", "0 0.5 0.5 0.5 0.5\n");

        Assert.Equal([0, 1, 0], Rows(Yolo("train")).Select(row => row.Label.Length));

        Assert.Contains(_log, line => line.Contains("Images without a label file are taken as images without objects: 2", Ordinal) && line.Contains("a.txt' was looked for", Ordinal));
    }

    [Theory]
    [InlineData("utf-16")]
    [InlineData("utf-16BE")]
    [InlineData("utf-32")]
    [InlineData("utf-8")]
    public void Load_TextWithAByteOrderMark_IsReadByIt(string encoding)
    {
        var marked = Encoding.GetEncoding(encoding);
        Picture("images/é.png");
        File.WriteAllText(_folder.File("data.yaml"), "train: list.txt\nnames: [naïve]\n", marked);
        File.WriteAllText(_folder.File("list.txt"), "images/é.png\n", marked);
        File.WriteAllText(_folder.File("labels", "é.txt"), "0 0.5 0.5 0.5 0.5\n", marked);
        File.WriteAllText(_folder.File("ImageSets", "Main", "train.txt"), "é\n", marked);
        File.WriteAllText(_folder.File("Annotations", "é.xml"), Xml("naïve"), marked);
        Picture("JPEGImages/é.png");
        File.WriteAllText(_folder.File("coco.json"), Coco("é.png", "naïve"), marked);
        File.WriteAllText(_folder.File("vott.json"), Vott("images/é.png", "naïve"), marked);

        foreach (var data in All())
            Assert.Equal(["naïve"], Assert.Single(Rows(data)).Label);
    }

    [Fact]
    public void Load_TextInWindows1252_IsRefusedInEveryFormat()
    {
        Picture("images/a.png");
        Picture("JPEGImages/a.png");
        File.WriteAllText(_folder.File("data.yaml"), "train: images\nnames: [caf\u00E9]\n", Encoding.Latin1);
        File.WriteAllText(_folder.File("labels", "a.txt"), "0 0.5 0.5 0.5 0.5\n");
        File.WriteAllText(_folder.File("ImageSets", "Main", "train.txt"), "a\n");
        File.WriteAllText(_folder.File("Annotations", "a.xml"), Xml("caf\u00E9"), Encoding.Latin1);
        File.WriteAllText(_folder.File("coco.json"), Coco("a.png", "caf\u00E9"), Encoding.Latin1);
        File.WriteAllText(_folder.File("vott.json"), Vott("images/a.png", "caf\u00E9"), Encoding.Latin1);

        foreach (var load in Loaders())
        {
            var exception = Assert.Throws<DatasetFormatException>(() => Rows(load()));
            Assert.Contains("UTF-8", exception.Message, Ordinal);
        }
    }

    [Theory]
    [InlineData("windows-1252")]
    [InlineData("iso-8859-1")]
    public void LoadFromPascalVoc_DeclaredEncoding_IsReadByIt(string encoding)
    {
        File.WriteAllText(_folder.File("ImageSets", "Main", "train.txt"), "a\n");
        File.WriteAllText(_folder.File("Annotations", "a.xml"), $"<?xml version=\"1.0\" encoding=\"{encoding}\"?>" + Xml("caf\u00E9"), Encoding.Latin1);
        Picture("JPEGImages/a.png");

        Assert.Equal(["caf\u00E9"], Assert.Single(Rows(Voc())).Label);
    }

    [Fact]
    public void LoadFromPascalVoc_FlatFolderAndFolderPerSplit_TakesEveryAnnotation()
    {
        Picture("train/a.JPG");
        Picture("valid/b.png");
        Write("train/a.xml", Xml("x"));
        Write("valid/b.xml", Xml("y"));
        var valid = _mlContext.Data.LoadFromPascalVoc(_folder.Path, "valid");
        var flat = _mlContext.Data.LoadFromPascalVoc(_folder.File("train"));

        Assert.Equal(["x"], Assert.Single(Rows(Voc())).Label);
        Assert.Equal(["y"], Assert.Single(Rows(valid)).Label);
        Assert.Equal("a.JPG", Assert.Single(Rows(flat)).Name);
        var exception = Assert.Throws<FileNotFoundException>(() => _mlContext.Data.LoadFromPascalVoc(_folder.Path, "test"));
        Assert.Contains("Folders with annotations are: train, valid", exception.Message, Ordinal);
    }

    [Fact]
    public void LoadFromVott_OneBadRegion_LeavesItsImageOutAndTellsWhere()
    {
        Picture("a.png");
        Picture("b.png");
        var vott = Vott("a.png", "x").Replace("\"assets\":{", "\"assets\":{\"9\":{\"asset\":{\"name\":\"b.png\",\"path\":\"b.png\"},\n\"regions\":[{\"tags\":[\"x\"]}]},", Ordinal);
        Write("vott.json", vott);

        Assert.Equal(["a.png"], Rows(_mlContext.Data.LoadFromVott(_folder.File("vott.json"), BadSampleHandling.Skip)).Select(row => row.Name));
        Assert.Contains(_log, line => line.Contains("line 2: a region has no 'boundingBox'", Ordinal));
    }

    [Theory]
    [InlineData("my%20cell.png", "file:C:/gone/my%20cell.png")]
    [InlineData("my%20cell.png", "file:my%20cell.png")]
    [InlineData("", "file:/gone/my%20cell.png")]
    public void LoadFromVott_PercentEncodedNames_AreFound(string name, string path)
    {
        Picture("my cell.png");
        Write("vott.json", Vott(path, "x").Replace("\"name\":\"\"", $"\"name\":\"{name}\"", Ordinal));

        Assert.Equal("my cell.png", Assert.Single(Rows(_mlContext.Data.LoadFromVott(_folder.File("vott.json")))).Name);
    }

    [Theory]
    [InlineData("images\\a.png")]
    [InlineData("/home/me/set/images/a.png")]
    [InlineData("../upload/images/a.png")]
    [InlineData("images/A.PNG")]
    [InlineData("C:\\\\set\\\\images\\\\a.png")]
    public void LoadFromCoco_FileNamesOfOtherSystems_AreFoundInTheFolder(string name)
    {
        Picture("images/a.png");
        Write("coco.json", Coco(name.Replace("\\\\", "\\", Ordinal).Replace("\\", "\\\\", Ordinal), "x"));

        Assert.Equal("a.png", Assert.Single(Rows(_mlContext.Data.LoadFromCoco(_folder.File("coco.json"), _folder.Path))).Name);
    }

    [Theory]
    [InlineData("? &a [ *a ]\n: x\nnames: [x]\ntrain: images\n", "line 1: not valid YAML: a list or a map is used as a key; text was expected.")]
    [InlineData("names: &a [x]\ntrain: images\nval: *a\n", "line 3: not valid YAML: '*a' is an alias")]
    [InlineData("names: [x]\n? {a: b}\n: c\ntrain: images\n", "line 2: not valid YAML: a list or a map is used as a key")]
    [InlineData("names: [x]\ntrain: images\ntrain: other\n", "line 3: not valid YAML: ")]
    public void LoadFromYoloDataset_YamlThatNoSetNeeds_IsRefusedWithItsLine(string yaml, string message)
    {
        Picture("images/a.png");
        Write("labels/a.txt", "");
        Write("data.yaml", yaml);

        var exception = Assert.Throws<DatasetFormatException>(() => Yolo("train"));

        Assert.Contains(message, exception.Message, Ordinal);
    }

    [Theory]
    [InlineData("train: images\nnames:\n  0: red\n  1: green # by hand\n", "train: images\nnames:\n  0: red\n  1: green\n  2: blue # by hand\ntest: images/test\n")]
    [InlineData("train: images\nnames:\n- red\n- green\n", "train: images\nnames:\n- red\n- green\n- blue\ntest: images/test\n")]
    [InlineData("nc: 2 # classes\nnames: [red, green]\ntrain: images\n", "nc: 3 # classes\nnames: [red, green, blue]\ntrain: images\ntest: images/test\n")]
    [InlineData("names: {0: red, 1: green}\ntrain: images\ntest: # none\n", null)]
    [InlineData("{names: [red, green], train: images, other: [1, 2]}", null)]
    [InlineData("path: ../set\ntrain: images\nnames: [red, green]\nroboflow: {version: 1}\ntest: ../nowhere/images\n", null)]
    public void SaveAsYoloDataset_IntoASet_KeepsAllThatItsFileHolds(string yaml, string? expected)
    {
        Picture("images/a.png");
        Write("labels/a.txt", "0 0.5 0.5 0.5 0.5\n");
        Write("data.yaml", yaml);
        LabelledRows.WritePicture(_folder.File("elsewhere", "n.png"));
        var rows = _mlContext.Data.LoadFromEnumerable([new LabelledRows.Row { ImagePath = _folder.File("elsewhere", "n.png"), Label = ["blue"], BoundingBoxes = [1, 2, 3, 4] }]);

        _mlContext.Data.SaveAsYoloDataset(rows, _folder.Path, "test");

        var written = File.ReadAllText(_folder.File("data.yaml"));
        if (expected is not null)
            Assert.Equal(expected, written);
        Assert.Equal(["blue"], Assert.Single(Rows(Yolo("test"))).Label);
        Assert.Equal(["red", "green", "blue"], _mlContext.Data.GetClassNames(Yolo("train")));
        foreach (var word in new[] { "version: 1", "path: ../set", "other:" }.Where(word => yaml.Contains(word, Ordinal)))
            Assert.Contains(word, written, Ordinal);
    }

    [Fact]
    public void SaveAsYoloDataset_RowInTheMiddleCannotBeRead_LeavesTheSetAsItWas()
    {
        Picture("a.png");
        LabelledRows.Row[] rows = [new() { ImagePath = _folder.File("a.png"), Label = [], BoundingBoxes = [] }, new() { ImagePath = _folder.File("gone.png") }];

        Assert.ThrowsAny<IOException>(() => _mlContext.Data.SaveAsYoloDataset(_mlContext.Data.LoadFromEnumerable(rows), _folder.File("set")));

        Assert.Empty(Directory.GetFileSystemEntries(_folder.File("set")));
    }

    [Theory]
    [InlineData(SKEncodedImageFormat.Jpeg)]
    [InlineData(SKEncodedImageFormat.Png)]
    [InlineData(SKEncodedImageFormat.Webp)]
    public void Problem_CutAnywhere_IsFoundAndAWholePictureIsFine(SKEncodedImageFormat format)
    {
        using var bitmap = new SKBitmap(97, 61);
        var random = new Random(1);
        for (var i = 0; i < 97 * 61; i++)
            bitmap.SetPixel(i % 97, i / 97, new SKColor((uint)random.Next() | 0xFF000000));
        using var stream = new MemoryStream();
        bitmap.Encode(stream, format, 90);
        var bytes = stream.ToArray();

        Assert.Null(EncodedImage.Problem(bytes));
        foreach (var share in new[] { 0.0, 0.01, 0.1, 0.3, 0.5, 0.7, 0.9, 0.95, 0.99 })
            Assert.NotNull(EncodedImage.Problem(bytes[..(int)(bytes.Length * share)]));
        if (format != SKEncodedImageFormat.Webp)
            Assert.NotNull(EncodedImage.Problem([.. bytes[..(bytes.Length / 2)], .. new byte[bytes.Length / 2]]));
    }

    private static string Xml(string name)
        => $"<annotation><object><name>{name}</name><bndbox><xmin>1</xmin><ymin>2</ymin><xmax>3.5</xmax><ymax>4</ymax></bndbox></object></annotation>";

    private static string Coco(string file, string name) =>
        $"{{\"images\":[{{\"id\":1,\"file_name\":\"{file}\"}}],\"annotations\":[{{\"image_id\":1,\"category_id\":2,\"bbox\":[1,2,3,4]}}],\"categories\":[{{\"id\":2,\"name\":\"{name}\"}}]}}";

    private static string Vott(string path, string tag) =>
        $"{{\"tags\":[{{\"name\":\"{tag}\"}}],\"assets\":{{\"1\":{{\"asset\":{{\"name\":\"\",\"path\":\"{path}\"}},"
        + $"\"regions\":[{{\"tags\":[\"{tag}\"],\"boundingBox\":{{\"left\":1,\"top\":2,\"width\":3,\"height\":4}}}}]}}}}}}";

    private IEnumerable<Func<IDataView>> Loaders() =>
    [
        () => Yolo("train"),
        Voc,
        () => _mlContext.Data.LoadFromCoco(_folder.File("coco.json"), _folder.File("images")),
        () => _mlContext.Data.LoadFromVott(_folder.File("vott.json")),
    ];

    private IEnumerable<IDataView> All() => Loaders().Select(load => load());

    private IDataView Yolo(string split) => _mlContext.Data.LoadFromYoloDataset(_folder.Path, split);

    private IDataView Voc() => _mlContext.Data.LoadFromPascalVoc(_folder.Path);

    private List<LabelledRows.Row> Rows(IDataView data) => LabelledRows.Of(_mlContext, data);

    private void Write(string path, string content) => File.WriteAllText(_folder.File(path.Split('/')), content);

    private void Picture(string path) => LabelledRows.WritePicture(_folder.File(path.Split('/')));
}
