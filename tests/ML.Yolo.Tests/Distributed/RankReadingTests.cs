using Microsoft.ML;
using ML.Yolo.Columns;
using ML.Yolo.Imaging;
using ML.Yolo.Samples;
using ML.Yolo.Tests.Datasets;
using ML.Yolo.Tests.Documentation;

namespace ML.Yolo.Tests.Distributed;

public sealed class RankReadingTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Theory]
    [InlineData(nameof(ImageCaching.MemoryThenDisk))]
    [InlineData(nameof(ImageCaching.Off))]
    public void Read_ThreeRanks_GivesAllTheSetOfOneProcess(string caching)
    {
        SquareFolder.Write(_folder.Path, trainCount: 8, valCount: 1);

        var alone = Read(null, Enum.Parse<ImageCaching>(caching));
        var shared = ThreadRanks.Run(3, ranks => Read(ranks, Enum.Parse<ImageCaching>(caching)));

        Assert.Equal(8, alone.Count);
        Assert.All(shared, set => Assert.Equal(alone, set));
    }

    [Fact]
    public void Read_PictureOfOneRankThatIsCutOff_FailsOnAllNamingIt()
    {
        SquareFolder.Write(_folder.Path, trainCount: 6, valCount: 1);
        CutOff("4.png");

        var outcomes = ThreadRanks.Try(2, ranks => ranks.Together(() => Read(ranks, ImageCaching.MemoryThenDisk)));

        Assert.All(outcomes, outcome => Assert.Contains("4.png", outcome.Exception!.Message, StringComparison.Ordinal));
        Assert.Contains(outcomes, outcome => outcome.Exception is DistributionException);
        Assert.Contains(outcomes, outcome => outcome.Exception is not DistributionException);
    }

    [Fact]
    public void Read_PictureThatIsCutOffIsSkipped_IsLeftOutAndReportedByAll()
    {
        SquareFolder.Write(_folder.Path, trainCount: 6, valCount: 1);
        CutOff("3.png");

        var alone = Read(null, ImageCaching.MemoryThenDisk, BadSampleHandling.Skip);
        var shared = ThreadRanks.Run(2, ranks => Read(ranks, ImageCaching.MemoryThenDisk, BadSampleHandling.Skip));

        Assert.Equal(6, alone.Count);
        Assert.Contains("1 bad sample of the training data is left out", alone[^1], StringComparison.Ordinal);
        Assert.All(shared, set => Assert.Equal(alone, set));
    }

    /// <summary>Leaves a picture's header, so that only whoever decodes it finds out.</summary>
    private void CutOff(string name)
    {
        var path = Path.Combine(_folder.Path, "images", "train", name);
        File.WriteAllBytes(path, File.ReadAllBytes(path)[..60]);
    }

    /// <summary>A line per sample, and what was left out.</summary>
    private List<string> Read(Distribution? ranks, ImageCaching caching, BadSampleHandling handling = BadSampleHandling.Throw)
    {
        var mlContext = new MLContext(seed: 1);
        var data = SampleReading.Prepare(mlContext, mlContext.Data.LoadFromYoloDataset(_folder.Path, "train"));
        var columns = new DetectionColumnNames("Image", "Label", "BoundingBoxes", "PredictedLabel", "PredictedBoundingBoxes", "Score");
        var reader = new TrainingSetReader(new SampleReadingSettings(columns, ImageSize: 64, caching, handling), ["red", "blue"], "training data", () => { }, ranks);
        using var set = reader.Read(data, SampleReading.Cache(bytes: 20_000));
        List<string> lines = [.. set.Samples.Select(sample => Line(sample, set.Image(sample)))];
        if (reader.BadSamples.Count > 0)
            lines.Add(reader.BadSamples.Report("the training data"));
        return lines;
    }

    private static string Line(TrainingSample sample, LetterboxedImage image)
        => $"{sample.Letterbox} {string.Join(',', sample.Classes)} {string.Join(',', sample.Boxes)} {Convert.ToHexString(image.Image.Pixels)}";
}
