using Microsoft.ML;

namespace ML.Yolo.Tests.Datasets;

/// <summary>What is written in one format is read again as it was.</summary>
public sealed class DatasetWritersTests : IDisposable
{
    private readonly MLContext _mlContext = new();
    private readonly TemporaryFolder _folder = new();

    public DatasetWritersTests()
    {
        LabelledRows.WritePicture(_folder.File("one", "a.png"));
        LabelledRows.WritePicture(_folder.File("two", "a.png"), 33, 47);
    }

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void SaveAsYoloDataset_ReadAgain_GivesTheSameBoxesAndClasses()
    {
        var count = _mlContext.Data.SaveAsYoloDataset(Data(), _folder.File("yolo"));

        var rows = LabelledRows.Of(_mlContext, _mlContext.Data.LoadFromYoloDataset(_folder.File("yolo")));

        Assert.Equal((2, 3), count);
        Assert.Equal(["a-2.png", "a.png"], rows.Select(row => row.Name));
        Assert.Equal(["no", "dog"], rows[1].Label);
        Assert.Equal([1, 2, 11.5f, 6, 0, 0, 40, 20], rows[1].BoundingBoxes);
        Assert.Equal([3.25f, 4, 5, 6], rows[0].BoundingBoxes);
    }

    [Fact]
    public void SaveAsYoloDataset_SecondSplit_KeepsTheClassesOfTheFirst()
    {
        _mlContext.Data.SaveAsYoloDataset(Data(), _folder.File("yolo"));
        var other = One(["bird", "dog"], [0, 0, 1, 1, 2, 2, 3, 3]);

        _mlContext.Data.SaveAsYoloDataset(other, _folder.File("yolo"), "val");

        var (train, val) = (_mlContext.Data.LoadFromYoloDataset(_folder.File("yolo")), _mlContext.Data.LoadFromYoloDataset(_folder.File("yolo"), "val"));
        Assert.Equal(["no", "dog", "bird"], _mlContext.Data.GetClassNames(train));
        Assert.Equal(["bird", "dog"], Assert.Single(LabelledRows.Of(_mlContext, val)).Label);
    }

    [Fact]
    public void SaveAsYoloDataset_SplitIsThereAlready_RefusesToMixThem()
    {
        _mlContext.Data.SaveAsYoloDataset(Data(), _folder.File("yolo"));

        var exception = Assert.Throws<IOException>(() => _mlContext.Data.SaveAsYoloDataset(Data(), _folder.File("yolo")));

        Assert.Contains("has files already", exception.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void SaveAsYoloDataset_BoxBeyondTheImage_IsClippedSinceTheFormatHoldsNoOther()
    {
        var data = One(["dog"], [-10, 5, 50, 15]);

        _mlContext.Data.SaveAsYoloDataset(data, _folder.File("yolo"));

        Assert.Equal([0, 5, 40, 15], Assert.Single(LabelledRows.Of(_mlContext, _mlContext.Data.LoadFromYoloDataset(_folder.File("yolo")))).BoundingBoxes);
    }

    [Fact]
    public void SaveAsCoco_ReadAgain_GivesTheSameRows()
    {
        var count = _mlContext.Data.SaveAsCoco(Data(), _folder.File("set.json"), _folder.Path);

        var data = _mlContext.Data.LoadFromCoco(_folder.File("set.json"), _folder.Path);
        Assert.Equal((2, 3), count);
        Assert.Equal(["no", "dog"], _mlContext.Data.GetClassNames(data));
        LabelledRows.AssertEqual(LabelledRows.Of(_mlContext, Data()), LabelledRows.Of(_mlContext, data), tolerance: 0);
    }

    [Fact]
    public void SaveAsCoco_ImageOutsideTheFolder_SaysSoAndWritesNothing()
    {
        var exception = Assert.Throws<ArgumentException>(() => _mlContext.Data.SaveAsCoco(Data(), _folder.File("set.json"), _folder.File("one")));

        Assert.Contains("is not in the folder", exception.Message, StringComparison.Ordinal);
        Assert.Empty(Directory.GetFiles(_folder.Path));
    }

    [Fact]
    public void SaveAsPascalVoc_ReadAgain_GivesTheSameRows()
    {
        var count = _mlContext.Data.SaveAsPascalVoc(Data(), _folder.File("voc"));

        var rows = LabelledRows.Of(_mlContext, _mlContext.Data.LoadFromPascalVoc(_folder.File("voc"), "train"));
        Assert.Equal((2, 3), count);
        Assert.Equal(["a.png", "a-2.png"], rows.Select(row => row.Name));
        Assert.Equal(["no", "dog"], rows[0].Label);
        Assert.Equal([1, 2, 11.5f, 6, 0, 0, 40, 20], rows[0].BoundingBoxes);
        Assert.Equal([3.25f, 4, 5, 6], rows[1].BoundingBoxes);
    }

    [Fact]
    public void SaveAsPascalVoc_SecondSplitOfTheSameNames_KeepsTheFirst()
    {
        _mlContext.Data.SaveAsPascalVoc(Data(), _folder.File("voc"));

        _mlContext.Data.SaveAsPascalVoc(One(["bird"], [-5, 0, 50, 7]), _folder.File("voc"), "val");

        var train = LabelledRows.Of(_mlContext, _mlContext.Data.LoadFromPascalVoc(_folder.File("voc"), "train"));
        var val = Assert.Single(LabelledRows.Of(_mlContext, _mlContext.Data.LoadFromPascalVoc(_folder.File("voc"), "val")));
        Assert.Equal(["no", "dog"], train[0].Label);
        Assert.Equal(("a-3.png", "bird"), (val.Name, Assert.Single(val.Label)));
        Assert.Equal([0, 0, 40, 7], val.BoundingBoxes);
    }

    [Fact]
    public void SaveAsPascalVoc_SplitIsThereAlreadyOrNoRows_IsRefusedAndLeavesTheSetAsItWas()
    {
        _mlContext.Data.SaveAsPascalVoc(Data(), _folder.File("voc"));
        var before = Directory.GetFiles(_folder.File("voc"), "*", SearchOption.AllDirectories).Order(StringComparer.Ordinal).ToList();

        var twice = Assert.Throws<IOException>(() => _mlContext.Data.SaveAsPascalVoc(Data(), _folder.File("voc")));
        var outside = Assert.Throws<ArgumentException>(() => _mlContext.Data.SaveAsPascalVoc(Data(), _folder.File("voc"), "../x"));
        var none = _mlContext.Data.FilterRowsByColumn(WithNumbers(), "Number", lowerBound: 5);
        var empty = Assert.Throws<ArgumentException>(() => _mlContext.Data.SaveAsPascalVoc(none, _folder.File("voc"), "val"));

        Assert.Contains("train.txt' is there already", twice.Message, StringComparison.Ordinal);
        Assert.Contains("'../x' is not the name of a split", outside.Message, StringComparison.Ordinal);
        Assert.Contains("There are no rows", empty.Message, StringComparison.Ordinal);
        Assert.Equal(before, Directory.GetFiles(_folder.File("voc"), "*", SearchOption.AllDirectories).Order(StringComparer.Ordinal));
    }

    [Fact]
    public void SaveAsPascalVoc_ImageThatIsNotThere_LeavesNoList()
    {
        var data = _mlContext.Data.LoadFromEnumerable(
        [
            new LabelledRows.Row { ImagePath = _folder.File("one", "a.png"), Label = ["dog"], BoundingBoxes = [1, 2, 3, 4] },
            new LabelledRows.Row { ImagePath = _folder.File("one", "b.png"), Label = ["dog"], BoundingBoxes = [1, 2, 3, 4] },
        ]);

        Assert.ThrowsAny<IOException>(() => _mlContext.Data.SaveAsPascalVoc(data, _folder.File("voc")));

        Assert.Empty(Directory.GetFiles(_folder.File("voc"), "*", SearchOption.AllDirectories));
    }

    [Fact]
    public void SaveAsVott_ReadAgain_GivesTheSameRowsAndTags()
    {
        var count = _mlContext.Data.SaveAsVott(Data(), _folder.File("set.json"));

        var data = _mlContext.Data.LoadFromVott(_folder.File("set.json"));
        Assert.Equal((2, 3), count);
        Assert.Equal(["no", "dog"], _mlContext.Data.GetClassNames(data));
        LabelledRows.AssertEqual(LabelledRows.Of(_mlContext, Data()), LabelledRows.Of(_mlContext, data), tolerance: 0);
    }

    [Fact]
    public void SaveAsVott_ImageWithoutObjects_StaysInTheSet()
    {
        var data = _mlContext.Data.LoadFromEnumerable(
        [
            new LabelledRows.Row { ImagePath = _folder.File("one", "a.png"), Label = [], BoundingBoxes = [] },
            new LabelledRows.Row { ImagePath = _folder.File("two", "a.png"), Label = ["dog"], BoundingBoxes = [-9, 4, 90, 6] },
        ]);

        _mlContext.Data.SaveAsVott(data, _folder.File("set.json"));

        var rows = LabelledRows.Of(_mlContext, _mlContext.Data.LoadFromVott(_folder.File("set.json")));
        Assert.Equal([0, 1], rows.Select(row => row.Label.Length));
        Assert.Equal([0, 4, 33, 6], rows[1].BoundingBoxes);
    }

    [SharedFact]
    public void SaveAsPascalVocAndVott_Bccd_GiveEqualBoxes()
    {
        var bccd = _mlContext.Data.LoadFromPascalVoc(SharedFolder.Path("data", "bccd"), "test");
        _mlContext.Data.SaveAsPascalVoc(bccd, _folder.File("voc"), "test");
        _mlContext.Data.SaveAsVott(bccd, _folder.File("vott.json"));

        var expected = LabelledRows.Of(_mlContext, bccd);
        LabelledRows.AssertEqual(expected, LabelledRows.Of(_mlContext, _mlContext.Data.LoadFromPascalVoc(_folder.File("voc"), "test")), tolerance: 0);
        LabelledRows.AssertEqual(expected, LabelledRows.Of(_mlContext, _mlContext.Data.LoadFromVott(_folder.File("vott.json"))), tolerance: 1e-4f);
    }

    [SharedFact]
    public void SaveAsYoloDatasetAndCoco_Bccd_GivesEqualBoxes()
    {
        var voc = _mlContext.Data.LoadFromPascalVoc(SharedFolder.Path("data", "bccd"), "test");
        _mlContext.Data.SaveAsYoloDataset(voc, _folder.File("yolo"), "test");
        var yolo = _mlContext.Data.LoadFromYoloDataset(_folder.File("yolo"), "test");
        _mlContext.Data.SaveAsCoco(yolo, _folder.File("coco.json"), _folder.Path);
        var coco = _mlContext.Data.LoadFromCoco(_folder.File("coco.json"), _folder.Path);

        var expected = LabelledRows.Of(_mlContext, voc).OrderBy(row => row.Name, StringComparer.Ordinal).ToList();
        LabelledRows.AssertEqual(expected, LabelledRows.Of(_mlContext, yolo), tolerance: 1e-4f);
        LabelledRows.AssertEqual(expected, LabelledRows.Of(_mlContext, coco), tolerance: 1e-4f);
        Assert.Equal(_mlContext.Data.GetClassNames(voc), _mlContext.Data.GetClassNames(coco));
    }

    private IDataView WithNumbers() => _mlContext.Data.LoadFromEnumerable(
        [new NumberedRow { ImagePath = _folder.File("one", "a.png"), Label = ["dog"], BoundingBoxes = [1, 2, 3, 4], Number = 1 }]);

    private IDataView One(string[] labels, float[] boxes)
        => _mlContext.Data.LoadFromEnumerable([new LabelledRows.Row { ImagePath = _folder.File("one", "a.png"), Label = labels, BoundingBoxes = boxes }]);

    private IDataView Data() => _mlContext.Data.LoadFromEnumerable(
    [
        new LabelledRows.Row { ImagePath = _folder.File("one", "a.png"), Label = ["no", "dog"], BoundingBoxes = [1, 2, 11.5f, 6, 0, 0, 40, 20] },
        new LabelledRows.Row { ImagePath = _folder.File("two", "a.png"), Label = ["dog"], BoundingBoxes = [3.25f, 4, 5, 6] },
    ]);

    private sealed class NumberedRow
    {
        public string ImagePath { get; set; } = "";

        public string[] Label { get; set; } = [];

        public float[] BoundingBoxes { get; set; } = [];

        public float Number { get; set; }
    }
}
