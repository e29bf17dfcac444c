using Microsoft.ML;

namespace ML.Yolo.Tests.Datasets;

/// <summary>A set of another format where one in the YOLO format is wanted: the message has the line to type instead.</summary>
public sealed class ForeignSetTests : IDisposable
{
    private readonly MLContext _mlContext = new();
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Theory]
    [InlineData("ImageSets/Main/train.txt")]
    [InlineData("Annotations/a.xml")]
    [InlineData("a.xml")]
    public void LoadFromYoloDataset_PascalVocFolder_GivesTheLinesThatReadAndConvertIt(string file)
    {
        Write(file, "a");

        var exception = Assert.Throws<FileNotFoundException>(() => _mlContext.Data.LoadFromYoloDataset(_folder.Path));

        Assert.Contains("It looks like a Pascal VOC set", exception.Message, StringComparison.Ordinal);
        Assert.Contains($"mlContext.Data.LoadFromPascalVoc(\"{_folder.Path}\", \"train\")", exception.Message, StringComparison.Ordinal);
        Assert.Contains($"mlyolo convert --from \"{_folder.Path}\" --to NEW-FOLDER", exception.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("train.json")]
    [InlineData("annotations/train.json")]
    public void LoadFromYoloDataset_FolderOfACocoSet_GivesTheLinesThatReadAndConvertIt(string file)
    {
        Write(file, """{"images": [], "annotations": [], "categories": []}""");

        var exception = Assert.Throws<FileNotFoundException>(() => _mlContext.Data.LoadFromYoloDataset(_folder.Path));

        Assert.Contains($"LoadFromCoco(\"{_folder.File(file)}\", imageFolder: \"IMAGE-FOLDER\")", exception.Message, StringComparison.Ordinal);
        Assert.Contains($"--from \"{_folder.File(file)}\" --images IMAGE-FOLDER --to NEW-FOLDER", exception.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("""{"images": []}""", "looks like a COCO set")]
    [InlineData("""{"assets": {}}""", "looks like a VoTT export")]
    public void LoadFromYoloDataset_JsonFile_SaysWhatItIs(string json, string expected)
    {
        Write("set.json", json);

        var exception = Assert.Throws<DatasetFormatException>(() => _mlContext.Data.LoadFromYoloDataset(_folder.File("set.json")));

        Assert.Contains(expected, exception.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void LoadFromYoloDataset_FolderOfNothingKnown_GuessesNothing()
    {
        Write("notes.json", """{"title": "holiday"}""");

        var exception = Assert.Throws<FileNotFoundException>(() => _mlContext.Data.LoadFromYoloDataset(_folder.Path));

        Assert.EndsWith("one was expected.", exception.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void LoadFromYoloDataset_NoValSplit_SaysHowToHoldImagesOut()
    {
        Write("data.yaml", "names: [a]\ntrain: images");

        var exception = Assert.Throws<DatasetFormatException>(() => _mlContext.Data.LoadFromYoloDataset(_folder.Path, "val"));

        Assert.Contains("load 'train' and divide it by mlContext.Data.TrainTestSplit", exception.Message, StringComparison.Ordinal);
        Assert.Contains("--to NEW-FOLDER --split 90/10", exception.Message, StringComparison.Ordinal);
    }

    private void Write(string file, string text)
    {
        Directory.CreateDirectory(Path.GetDirectoryName(_folder.File(file))!);
        File.WriteAllText(_folder.File(file), text);
    }
}
