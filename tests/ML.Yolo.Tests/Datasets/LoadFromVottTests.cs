using Microsoft.ML;

namespace ML.Yolo.Tests.Datasets;

public sealed class LoadFromVottTests : IDisposable
{
    private const string Region =
        """{"type": "RECTANGLE", "tags": ["dog"], "boundingBox": {"left": 1, "top": 2, "width": 3.5, "height": 4}, "points": [{"x": 1, "y": 2}]}""";

    private readonly MLContext _mlContext = new();
    private readonly TemporaryFolder _folder = new();

    public LoadFromVottTests() => LabelledRows.WritePicture(_folder.File("a b.png"));

    public void Dispose() => _folder.Dispose();

    [Theory]
    [InlineData("file:a%20b.png")]
    [InlineData("file:/where/it/was/a%20b.png")]
    [InlineData("https://example.com/a%20b.png")]
    public void LoadFromVott_ImageBesideTheExport_IsFound(string path)
    {
        var data = Load(Region, path);

        var row = Assert.Single(LabelledRows.Of(_mlContext, data));

        Assert.Equal(("a b.png", "dog"), (row.Name, Assert.Single(row.Label)));
        Assert.Equal([1, 2, 4.5f, 6], row.BoundingBoxes);
        Assert.Equal(["cat", "dog"], _mlContext.Data.GetClassNames(data));
    }

    [Fact]
    public void LoadFromVott_AssetNeverVisited_IsKeptOut()
    {
        var exception = Assert.Throws<DatasetFormatException>(() => Load("", "file:a%20b.png", state: 0));

        Assert.Contains("at least one tag and one labelled asset was expected", exception.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("""{"tags": [], "boundingBox": {"left": 1, "top": 2, "width": 3, "height": 4}}""", "has no tag")]
    [InlineData("""{"tags": ["bird"], "boundingBox": {"left": 1, "top": 2, "width": 3, "height": 4}}""", "has the tag 'bird', which is not among the file's")]
    [InlineData("""{"tags": ["dog"]}""", "a region has no 'boundingBox'")]
    [InlineData("""{"tags": ["dog"], "boundingBox": {"left": 1, "top": 2, "width": 3}}""", "'boundingBox' has no 'height'")]
    [InlineData("""{"tags": ["dog"], "boundingBox": {"left": "1"}}""", "'left' is the text '1'; a number was expected")]
    [InlineData("""{"tags": ["dog"], "boundingBox": {"left": 1, "top": 2, "width": 1e300, "height": 4}}""", "1E+300 and height 4; numbers that are finite")]
    public void LoadFromVott_MalformedRegion_NamesFileLineAndField(string region, string message)
    {
        var exception = Assert.Throws<DatasetFormatException>(() => LabelledRows.Of(_mlContext, Load(region, "file:a%20b.png")));

        Assert.Contains(message, exception.Message, StringComparison.Ordinal);
        Assert.Contains("set.json', line 3", exception.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void LoadFromVott_ImageOnTheWeb_IsNotDownloaded()
    {
        var exception = Assert.Throws<DatasetFormatException>(() => LabelledRows.Of(_mlContext, Load(Region, "https://example.com/c.png", name: "c.png")));

        Assert.Contains("images are not downloaded", exception.Message, StringComparison.Ordinal);
    }

    private IDataView Load(string regions, string path, string name = "a b.png", int state = 2)
    {
        File.WriteAllText(_folder.File("set.json"), $$"""
            { "name": "set", "tags": [{"name": "cat", "color": "#fff"}, {"name": "dog"}],
              "assets": { "1": { "asset": {"name": "{{name}}", "path": "{{path}}", "size": {"width": 40, "height": 20}, "state": {{state}}},
              "regions": [{{regions}}], "version": "2.1.0" } } }
            """);
        return _mlContext.Data.LoadFromVott(_folder.File("set.json"));
    }
}
