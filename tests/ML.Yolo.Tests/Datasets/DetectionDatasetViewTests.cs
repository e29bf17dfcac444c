using Microsoft.ML;
using Microsoft.ML.Data;

namespace ML.Yolo.Tests.Datasets;

/// <summary>How rows of a loader move: in order, shuffled, over several cursors, past bad samples.</summary>
public sealed class DetectionDatasetViewTests : IDisposable
{
    private const int Images = 100;

    private readonly MLContext _mlContext = new(seed: 1);
    private readonly TemporaryFolder _folder = new();

    public DetectionDatasetViewTests()
    {
        LabelledRows.WritePicture(_folder.File("images", "000.png"));
        File.WriteAllText(_folder.File("labels", "000.txt"), "0 0.5 0.5 0.5 0.5\n");
        for (var i = 1; i < Images; i++)
        {
            File.Copy(_folder.File("images", "000.png"), _folder.File("images", $"{i:D3}.png"));
            File.Copy(_folder.File("labels", "000.txt"), _folder.File("labels", $"{i:D3}.txt"));
        }

        File.WriteAllText(_folder.File("data.yaml"), "names: [a]\ntrain: images");
    }

    public void Dispose() => _folder.Dispose();

    [Theory]
    [InlineData(1)]
    [InlineData(3)]
    [InlineData(50)]
    public void GetRowCursorSet_AnyNumber_VisitsEachRowOnceAndBatchesTellTheOrder(int count)
    {
        var data = Load();
        var seen = new List<(long Batch, string Path)>();
        foreach (var cursor in data.GetRowCursorSet(data.Schema, count))
        {
            using (cursor)
            {
                var path = cursor.GetGetter<ReadOnlyMemory<char>>(data.Schema["ImagePath"]);
                var value = default(ReadOnlyMemory<char>);
                while (cursor.MoveNext())
                {
                    path(ref value);
                    seen.Add((cursor.Batch, value.ToString()));
                }
            }
        }

        Assert.Equal(LabelledRows.Of(_mlContext, data).Select(row => row.ImagePath), seen.OrderBy(row => row.Batch).Select(row => row.Path));
    }

    [Fact]
    public void GetRowCursor_Shuffled_GivesTheSameRowsInAnotherOrder()
    {
        var shuffled = LabelledRows.Of(_mlContext, _mlContext.Data.ShuffleRows(Load(), seed: 3, shufflePoolSize: 10)).ConvertAll(row => row.Name);

        Assert.Equal(Images, shuffled.Distinct().Count());
        Assert.NotEqual(shuffled.Order(StringComparer.Ordinal), shuffled);
    }

    [Fact]
    public void GetRowCursor_ThrowingRowPassed_GoesOn()
    {
        File.WriteAllText(_folder.File("labels", "007.txt"), "0 nan 0 0 0\n");
        var data = Load();
        using var cursor = data.GetRowCursor(data.Schema);
        var getter = cursor.GetGetter<VBuffer<float>>(data.Schema["BoundingBoxes"]);
        var (boxes, bad) = (default(VBuffer<float>), 0);

        while (cursor.MoveNext())
            bad += Record.Exception(() => getter(ref boxes)) is DatasetFormatException ? 1 : 0;

        Assert.Equal(1, bad);
    }

    [Fact]
    public void LoadFromYoloDataset_BadSamplesSkipped_GivesTheOthersAndReportsCountAndFirstTenOnce()
    {
        for (var i = 20; i < 32; i++)
            File.WriteAllText(_folder.File("labels", $"{i:D3}.txt"), "9 0.5 0.5 0.5 0.5\n");
        File.Delete(_folder.File("images", "040.png"));
        File.WriteAllText(_folder.File("images", "041.png"), "");
        File.WriteAllLines(_folder.File("list.txt"), Enumerable.Range(0, Images).Select(i => $"images/{i:D3}.png"));
        File.WriteAllText(_folder.File("data.yaml"), "names: [a]\ntrain: list.txt");
        var warnings = new List<string>();
        _mlContext.Log += (_, entry) => warnings.Add(entry.Message);
        var data = _mlContext.Data.LoadFromYoloDataset(_folder.Path, badSampleHandling: BadSampleHandling.Skip);

        Assert.Equal(Images - 14, LabelledRows.Of(_mlContext, data).Count);
        Assert.Equal(Images - 14, LabelledRows.Of(_mlContext, data).Count);

        var report = Assert.Single(warnings, warning => warning.Contains("bad samples", StringComparison.Ordinal));
        Assert.Contains("14 bad samples of 100", report, StringComparison.Ordinal);
        Assert.Contains("The first 10:", report, StringComparison.Ordinal);
        Assert.Contains("029.txt', line 1: class is '9'", report, StringComparison.Ordinal);
        Assert.DoesNotContain("030.txt", report, StringComparison.Ordinal);
    }

    [Fact]
    public void LoadFromYoloDataset_BadSampleWithBracesInItsPath_IsReportedAsItIsCalled()
    {
        LabelledRows.WritePicture(_folder.File("images", "{0}{x}.png"));
        File.WriteAllText(_folder.File("labels", "{0}{x}.txt"), "9 0.5 0.5 0.5 0.5\n");
        var warnings = new List<string>();
        _mlContext.Log += (_, entry) => warnings.Add(entry.Message);

        var rows = LabelledRows.Of(_mlContext, _mlContext.Data.LoadFromYoloDataset(_folder.Path, badSampleHandling: BadSampleHandling.Skip));

        Assert.Equal(Images, rows.Count);
        Assert.Contains(warnings, warning => warning.Contains("{0}{x}.txt', line 1: class is '9'", StringComparison.Ordinal));
    }

    [Fact]
    public void LoadFromYoloDataset_AHundredThousandImages_HoldsLessThanAKilobyteOfEach()
    {
        var list = _folder.File("list.txt");
        File.WriteAllLines(list, Enumerable.Repeat("images/000.png", 100_000));
        File.WriteAllText(_folder.File("data.yaml"), "names: [a]\ntrain: list.txt");
        var before = GC.GetTotalMemory(forceFullCollection: true);

        var data = Load();
        var held = GC.GetTotalMemory(forceFullCollection: true) - before;

        Assert.Equal(100_000, data.GetRowCount());
        Assert.InRange(held, 0, 100_000_000);
    }

    private IDataView Load() => _mlContext.Data.LoadFromYoloDataset(_folder.Path);
}
