using System.Globalization;
using Microsoft.ML;

namespace ML.Yolo.Tests.Datasets;

public sealed class LoadFromCocoTests : IDisposable
{
    private const string Images = """ "images": [{"id": 7, "file_name": "a.png", "width": 40, "height": 20}, {"id": 3, "file_name": "b.png"}] """;
    private const string Categories = """ "categories": [{"id": 90, "name": "cat"}, {"id": 5, "name": "dog"}] """;

    private readonly MLContext _mlContext = new();
    private readonly TemporaryFolder _folder = new();

    public LoadFromCocoTests()
    {
        LabelledRows.WritePicture(_folder.File("a.png"));
        LabelledRows.WritePicture(_folder.File("b.png"));
    }

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void LoadFromCoco_AnnotationsBeforeImagesAndSparseIds_GivesNamesAndCorners()
    {
        const string Annotations = """{"image_id": 3, "category_id": 90, "bbox": [1, 2, 10.5, 4]}, {"image_id": 3, "category_id": 5, "bbox": [0, 0, 1, 1]}""";
        var data = Load($$"""{ "annotations": [{{Annotations}}], {{Images}}, {{Categories}} }""");

        var rows = LabelledRows.Of(_mlContext, data);

        Assert.Equal(["a.png", "b.png"], rows.Select(row => row.Name));
        Assert.Empty(rows[0].Label);
        Assert.Equal(["cat", "dog"], rows[1].Label);
        Assert.Equal([1, 2, 11.5f, 6, 0, 0, 1, 1], rows[1].BoundingBoxes);
        Assert.Equal(["dog", "cat"], _mlContext.Data.GetClassNames(data));
    }

    [Fact]
    public void LoadFromCoco_Crowd_IsKeptOut()
    {
        const string Annotation = """{"image_id": 7, "category_id": 5, "bbox": [1, 2, 3, 4], "iscrowd": 1, "segmentation": {"counts": [1, 2]}}""";
        var data = Load($$"""{ {{Images}}, {{Categories}}, "annotations": [{{Annotation}}] }""");

        Assert.Equal([0, 0], LabelledRows.Of(_mlContext, data).Select(row => row.Label.Length));
    }

    [Theory]
    [InlineData("0", 1)]
    [InlineData("0.0", 1)]
    [InlineData("-0", 1)]
    [InlineData("0e0", 1)]
    [InlineData("1", 0)]
    [InlineData("1.0", 0)]
    public void LoadFromCoco_CrowdAsANumber_IsOneUnlessItIsZeroHoweverItIsWritten(string isCrowd, int objects)
    {
        var annotation = $$"""{"image_id": 7, "category_id": 5, "bbox": [1, 2, 3, 4], "iscrowd": {{isCrowd}}}""";
        var data = Load($$"""{ {{Images}}, {{Categories}}, "annotations": [{{annotation}}] }""");

        Assert.Equal(objects, LabelledRows.Of(_mlContext, data)[0].Label.Length);
    }

    [Fact]
    public void GetClassNames_NumericIdsInACultureWithAnotherMinus_AreInTheirOrder()
    {
        using var culture = new CultureScope(new CultureInfo("") { NumberFormat = { NegativeSign = "~" } });
        const string Categories = """{"id": 10, "name": "ten"}, {"id": 9, "name": "nine"}, {"id": -3, "name": "minus three"}""";
        var data = Load($$"""{ {{Images}}, "annotations": [], "categories": [{{Categories}}] }""");

        Assert.Equal(["minus three", "nine", "ten"], _mlContext.Data.GetClassNames(data));
    }

    [Fact]
    public void LoadFromCoco_FileLargerThanTheWindow_IsReadWhole()
    {
        var segmentation = string.Join(",", Enumerable.Repeat("12.345678", 50_000));
        var annotations = string.Join(",", Enumerable.Range(0, 40).Select(i =>
            $$"""{"segmentation": [[{{segmentation}}]], "image_id": 7, "category_id": 5, "bbox": [{{i}}, 0, 1, 1]}"""));

        var rows = LabelledRows.Of(_mlContext, Load($$"""{ {{Images}}, "annotations": [{{annotations}}], {{Categories}} }"""));

        Assert.Equal(Enumerable.Range(0, 40).Select(i => (float)i), rows[0].BoundingBoxes.Where((_, i) => i % 4 == 0));
    }

    [Theory]
    [InlineData("""{"image_id": 7, "category_id": 5}""", "an annotation has no 'bbox'")]
    [InlineData("""{"image_id": 7, "bbox": [0, 0, 1, 1]}""", "an annotation has no 'category_id'")]
    [InlineData("""{"image_id": 7, "category_id": 5, "bbox": [0, 0, -1, 1]}""", "a width and height of at least 0")]
    [InlineData("""{"image_id": 7, "category_id": 5, "bbox": [0, 0, 1]}""", "'bbox' is [0, 0, 1]; [x, y, width, height] was expected")]
    [InlineData("""{"image_id": 7, "category_id": 5, "bbox": ["0", 0, 1, 1]}""", """'bbox' is ["0", 0, 1, 1]; [x, y, width, height] was expected""")]
    [InlineData("""{"image_id": 7, "category_id": 5, "bbox": [0, 0, 1, 1e999]}""", "'bbox' is [0, 0, 1, 1e999]; [x, y, width, height] was expected")]
    [InlineData("""{"image_id": 7, "category_id": 5, "bbox": [1e300, 0, 1, 1]}""", "'bbox' is [1e300, 0, 1, 1]; numbers that are finite in single precision")]
    [InlineData("""{"image_id": 7, "category_id": 5, "bbox": [3e38, 0, 3e38, 1]}""", "numbers that are finite in single precision were expected")]
    [InlineData("""{"image_id": 8, "category_id": 5, "bbox": [0, 0, 1, 1]}""", "'image_id' names no image")]
    public void LoadFromCoco_MalformedAnnotation_NamesFileLineAndField(string annotation, string message)
    {
        var exception = Assert.Throws<DatasetFormatException>(() => Load($$"""
            { {{Images}}, {{Categories}},
              "annotations": [
              {{annotation}}
              ] }
            """));

        Assert.Contains(message, exception.Message, StringComparison.Ordinal);
        Assert.Contains("set.json', line 3", exception.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("../secret.png")]
    [InlineData("..\\secret.png")]
    [InlineData("/etc/hostname")]
    public void LoadFromCoco_FileNameOutsideTheFolder_IsRefused(string name)
    {
        var escaped = name.Replace("\\", "\\\\", StringComparison.Ordinal);
        var data = Load($$"""{ "images": [{"id": 1, "file_name": "{{escaped}}"}], "annotations": [], {{Categories}} }""");

        var exception = Assert.Throws<DatasetFormatException>(() => LabelledRows.Of(_mlContext, data));

        Assert.Contains("a path inside the image folder was expected", exception.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void LoadFromCoco_SizeOfAnotherPicture_SaysBoth()
    {
        var data = Load($$"""{ "images": [{"id": 1, "file_name": "a.png", "width": 400, "height": 200}], "annotations": [], {{Categories}} }""");

        var exception = Assert.Throws<DatasetFormatException>(() => LabelledRows.Of(_mlContext, data));

        Assert.Contains("declared to have 400 × 200 pixels", exception.Message, StringComparison.Ordinal);
        Assert.Contains("has 40 × 20", exception.Message, StringComparison.Ordinal);
    }

    private IDataView Load(string json)
    {
        File.WriteAllText(_folder.File("set.json"), json);
        return _mlContext.Data.LoadFromCoco(_folder.File("set.json"), _folder.Path);
    }
}
