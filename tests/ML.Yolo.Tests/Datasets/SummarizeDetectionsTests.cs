using Microsoft.ML;

namespace ML.Yolo.Tests.Datasets;

public sealed class SummarizeDetectionsTests : IDisposable
{
    private readonly MLContext _mlContext = new();
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void SummarizeDetections_EachKindOfOddity_IsCounted()
    {
        LabelledRows.WritePicture(_folder.File("a.png"));
        LabelledRows.WritePicture(_folder.File("b.png"), 33, 47);
        File.Copy(_folder.File("a.png"), _folder.File("c.png"));
        var data = _mlContext.Data.LoadFromEnumerable(
        [
            new LabelledRows.Row { ImagePath = _folder.File("a.png"), Label = ["dog", "dog", "cat"], BoundingBoxes = [1, 2, 11, 7, 1, 2, 11, 7, 1, 2, 11, 7] },
            new LabelledRows.Row { ImagePath = _folder.File("b.png"), Label = ["dog", "dog"], BoundingBoxes = [-5, 0, 10, 10, 3, 3, 3, 9] },
            new LabelledRows.Row { ImagePath = _folder.File("c.png") },
        ]);

        var summary = _mlContext.Data.SummarizeDetections(data);

        Assert.Equal((3, 1, 1), (summary.ImageCount, summary.EmptyImageCount, summary.RepeatedImageCount));
        Assert.Equal((5, 1, 1, 1), (summary.ObjectCount, summary.RepeatedObjectCount, summary.OutsideObjectCount, summary.EmptyBoxCount));
        Assert.Equal([("dog", 4), ("cat", 1)], summary.PerClass);
        Assert.Equal([(40, 20, 2), (33, 47, 1)], summary.ImageSizes);
        Assert.Equal(0.25, summary.MedianRelativeSize, 3);
    }

    [SharedFact]
    public void SummarizeDetections_Coco128_IsWhatItsNotesSay()
    {
        var summary = _mlContext.Data.SummarizeDetections(_mlContext.Data.LoadFromYoloDataset(SharedFolder.Path("data", "coco128")));

        Assert.Equal((128, 929, 2), (summary.ImageCount, summary.ObjectCount, summary.EmptyImageCount));
        Assert.Equal((0, 0), (summary.RepeatedObjectCount, summary.OutsideObjectCount));
        Assert.Equal(("person", 254), summary.PerClass[0]);
        Assert.Equal((80, 9), (summary.PerClass.Count, summary.PerClass.Count(entry => entry.ObjectCount == 0)));
        Assert.Equal((333, 640), (summary.ImageSizes.Min(size => size.Width), summary.ImageSizes.Max(size => size.Width)));
        Assert.Equal((218, 640), (summary.ImageSizes.Min(size => size.Height), summary.ImageSizes.Max(size => size.Height)));
        Assert.Contains("128 images, 2 of them without objects", summary.ToString(), StringComparison.Ordinal);
        Assert.Contains("9 classes without objects", summary.ToString(), StringComparison.Ordinal);
    }

    [SharedFact]
    public void SummarizeDetections_Bccd_FindsTheBoxWithoutArea()
        => Assert.Equal(1, _mlContext.Data.SummarizeDetections(_mlContext.Data.LoadFromPascalVoc(SharedFolder.Path("data", "bccd"), "val")).EmptyBoxCount);
}
