using Microsoft.ML;

namespace ML.Yolo.Tests.Datasets;

public sealed class LoadFromPascalVocTests : IDisposable
{
    private const string Box = "<bndbox><xmin>10</xmin><ymin>8.5</ymin><xmax>30</xmax><ymax>12</ymax></bndbox>";

    private readonly MLContext _mlContext = new();
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void LoadFromPascalVoc_PartsInsideAnObject_GiveTheObjectAlone()
    {
        var row = Assert.Single(Load($"<object><part><name>head</name>{Box}</part><name>person</name>{Box}</object>"));

        Assert.Equal(["person"], row.Label);
        Assert.Equal([10, 8.5f, 30, 12], row.BoundingBoxes);
    }

    [Theory]
    [InlineData(false, 1)]
    [InlineData(true, 2)]
    public void LoadFromPascalVoc_DifficultObject_IsLeftOutUnlessAskedFor(bool includeDifficult, int objects)
    {
        var (difficult, easy) = ($"<name>a</name><difficult>1</difficult>{Box}", $"<name>b</name><difficult>0</difficult>{Box}");

        var row = Assert.Single(Load($"<object>{difficult}</object><object>{easy}</object>", includeDifficult));

        Assert.Equal(objects, row.Label.Length);
    }

    [Theory]
    [InlineData("<object><name>a</name></object>", "object 0 ('a') has no <bndbox>", 2)]
    [InlineData("<object>\n<name>a</name>\n<bndbox><xmin>1</xmin><ymin>1</ymin><xmax>2</xmax></bndbox></object>", "object 0: <bndbox> has no <ymax>", 4)]
    [InlineData("<object><name>a</name>\n<bndbox><xmin>9</xmin><ymin>1</ymin><xmax>2</xmax><ymax>3</ymax></bndbox></object>", "xmin ≤ xmax and ymin ≤ ymax", 3)]
    [InlineData("<object><name>a</name><bndbox><xmin>1,5</xmin><ymin>1</ymin><xmax>2</xmax><ymax>3</ymax></bndbox></object>", "<xmin> is '1,5'", 2)]
    [InlineData("<object><bndbox/></object>", "object 0 has no <name>", 2)]
    [InlineData("<object>", "not valid XML", 3)]
    [InlineData("<filename>../../secret.png</filename>", "'filename' is '../../secret.png', which leaves the set", 2)]
    public void LoadFromPascalVoc_MalformedAnnotation_NamesFileLineAndField(string body, string message, int line)
    {
        var exception = Assert.Throws<DatasetFormatException>(() => Load(body));

        Assert.Contains(message, exception.Message, StringComparison.Ordinal);
        Assert.EndsWith("x.xml", exception.FilePath, StringComparison.Ordinal);
        Assert.Equal(line, exception.Line);
    }

    [Fact]
    public void LoadFromPascalVoc_NameInTheSplitThatLeavesTheSet_IsRefused()
    {
        File.WriteAllText(_folder.File("ImageSets", "Main", "train.txt"), "../../secret\n");

        var exception = Assert.Throws<DatasetFormatException>(() => LabelledRows.Of(_mlContext, _mlContext.Data.LoadFromPascalVoc(_folder.Path)));

        Assert.Contains("train.txt', line 1: '../../secret' leaves the set", exception.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void LoadFromPascalVoc_NoSuchSplit_NamesTheFile()
    {
        var exception = Assert.Throws<FileNotFoundException>(() => _mlContext.Data.LoadFromPascalVoc(_folder.Path, "val"));

        Assert.Contains("val.txt' does not exist", exception.Message, StringComparison.Ordinal);
    }

    private List<LabelledRows.Row> Load(string body, bool includeDifficult = false)
    {
        File.WriteAllText(_folder.File("ImageSets", "Main", "train.txt"), "x  1\n\n");
        File.WriteAllText(_folder.File("Annotations", "x.xml"), $"<annotation><size><width>0</width><height>0</height></size>\n{body}\n</annotation>");
        LabelledRows.WritePicture(_folder.File("JPEGImages", "x.png"));
        return LabelledRows.Of(_mlContext, _mlContext.Data.LoadFromPascalVoc(_folder.Path, "train", includeDifficult));
    }
}
