using Microsoft.ML;
using Microsoft.ML.Data;
using Microsoft.ML.TorchSharp;
using Microsoft.ML.Transforms.Image;
using ML.Yolo.Interop;
using ML.Yolo.Scoring;
using ML.Yolo.Tests.Training;

namespace ML.Yolo.Tests.Scoring;

public sealed class YoloTransformerTests(TrainedDetector trained) : IClassFixture<TrainedDetector>
{
    private readonly MLContext _mlContext = trained.MLContext;

    [Fact]
    public void Transform_Rows_GivesTheColumnsThatTheTrainerPromised()
    {
        var data = SquareImages.AsView(_mlContext, SquareImages.Draw(2));
        var promised = _mlContext.MulticlassClassification.Trainers.Yolo(TinyRun.Options()).GetOutputSchema(SchemaColumn.ShapeOf(data.Schema));
        var given = SchemaColumn.ShapeOf(trained.Transformer.Transform(data).Schema);

        Assert.Equal(promised.Select(Describe).Order(), given.Where(column => promised.Any(other => other.Name == column.Name)).Select(Describe).Order());
        Assert.Equal(promised.Select(column => column.Name).Order(), given.Select(column => column.Name).Distinct().Order());

        static string Describe(SchemaShape.Column column)
            => $"{column.Name}: {column.Kind} {column.ItemType} key={column.IsKey} [{string.Join(", ", column.Annotations.Select(annotation => $"{annotation.Name} {annotation.Kind} {annotation.ItemType}"))}]";
    }

    [Fact]
    public void Transform_Rows_GivesOneLabelOneScoreAndFourNumbersADetection()
    {
        var rows = Score(SquareImages.Draw(11));

        Assert.Equal(11, rows.Count);
        Assert.Contains(rows, row => row.Score.Length > 0);
        Assert.All(rows, row => Assert.Equal((row.Score.Length, 4 * row.Score.Length), (row.PredictedLabel.Length, row.PredictedBoundingBoxes.Length)));
        Assert.All(rows, row => Assert.Equal(row.Score.OrderDescending(), row.Score));
        Assert.All(rows, row => Assert.All(row.PredictedLabel, label => Assert.InRange(label, 1u, 2u)));
    }

    [Fact]
    public void Transform_ImagesOfManySizes_GivesBoxesWithinEachImage()
    {
        var images = SquareImages.Draw(10);

        var rows = Score(images);

        Assert.Equal(images.Count, rows.Count);
        Assert.Contains(rows, row => row.PredictedBoundingBoxes.Length > 0);
        for (var i = 0; i < rows.Count; i++)
        {
            var (width, height) = (images[i].Image.Width, images[i].Image.Height);
            Assert.All(rows[i].PredictedBoundingBoxes.Chunk(4), box => Assert.True(0 <= box[0] && box[0] <= box[2] && box[2] <= width && 0 <= box[1] && box[1] <= box[3] && box[3] <= height));
        }
    }

    [Fact]
    public void Transform_AnyBatchSize_GivesTheSameDetections()
    {
        var images = SquareImages.Draw(7);
        var scoring = trained.Transformer.Scoring;
        // Every prediction, so that none is dropped for one that is hardly surer.
        (scoring.ScoreThreshold, scoring.IouThreshold, scoring.MaxDetections) = (0, 1, 1000);
        var inBatches = Score(images);
        scoring.BatchSize = 1;
        var oneByOne = Score(images);
        (scoring.ScoreThreshold, scoring.IouThreshold, scoring.MaxDetections, scoring.BatchSize) = (TinyRun.Options().Scoring.ScoreThreshold, 0.45f, 300, 8);

        // Of detections that are equally sure either may come first.
        for (var i = 0; i < images.Count; i++)
        {
            var others = oneByOne[i].PredictedBoundingBoxes.Chunk(4).ToList();
            Assert.NotEmpty(others);
            Assert.Equal(inBatches[i].Score.Length, others.Count);
            Assert.All(inBatches[i].PredictedBoundingBoxes.Chunk(4), box => Assert.Contains(others, other => box.Zip(other).All(pair => Math.Abs(pair.First - pair.Second) < 0.01)));
        }
    }

    [Fact]
    public void Transform_RowsReadAhead_KeepTheirOtherColumns()
    {
        var images = SquareImages.Draw(9);

        var rows = Score(images);

        Assert.Equal(images.Select(image => string.Join(",", image.Label)), rows.Select(row => string.Join(",", row.Label)));
        Assert.Equal(images.SelectMany(image => image.BoundingBoxes), rows.SelectMany(row => row.BoundingBoxes));
    }

    [Fact]
    public void Transform_ImageColumnAskedFor_GivesACopyAndLeavesTheOriginalAlone()
    {
        var images = SquareImages.Draw(9);

        var sizes = _mlContext.Data.CreateEnumerable<WithImage>(trained.Transformer.Transform(_mlContext.Data.LoadFromEnumerable(images)), reuseRowObject: false)
            .Select(row => (row.Image.Width, row.Image.Height)).ToList();

        Assert.Equal(images.Select(image => (image.Image.Width, image.Image.Height)), sizes);
    }

    [Fact]
    public void Transform_ImageColumnAskedFor_ReadsEachImageOnce()
    {
        var rows = SquareImages.Draw(9).Select(row => new CountedImage(row.Image)).ToList();

        var view = trained.Transformer.Transform(_mlContext.Data.LoadFromEnumerable(rows));
        var scored = _mlContext.Data.CreateEnumerable<WithImage>(view, reuseRowObject: false).ToList();

        Assert.Equal(rows.Select(_ => 1), rows.Select(row => row.Reads()));
        Assert.Contains(scored, row => row.Score.Length > 0);
    }

    [Fact]
    public void PredictionEngine_ImageColumnAskedFor_ReadsTheImageOnce()
    {
        var row = new CountedImage(SquareImages.Draw(2)[1].Image);
        var keeping = new PredictionEngineOptions { OwnsTransformer = false };
        using var engine = _mlContext.Model.CreatePredictionEngine<CountedImage, WithImage>(trained.Transformer, keeping);

        var scored = engine.Predict(row);

        Assert.Equal(1, row.Reads());
        Assert.NotEmpty(scored.Score);
        Assert.Same(row.Image, scored.Image);
    }

    [Fact]
    public void Transform_ImageColumnHandedThrough_KeepsThePathThatTellsTheOrientation()
    {
        using var folder = new TemporaryFolder();
        SquareImages.Draw(2)[1].Image.Save(folder.File("image.png"));
        var paths = _mlContext.Data.LoadFromEnumerable([new { ImagePath = folder.File("image.png") }]);
        var scored = trained.Transformer.Transform(_mlContext.Transforms.LoadImages("Image", "", "ImagePath").Fit(paths).Transform(paths));

        using var cursor = scored.GetRowCursor([scored.Schema["Image"], scored.Schema["Score"]]);
        var image = default(MLImage)!;
        cursor.MoveNext();
        cursor.GetGetter<MLImage>(scored.Schema["Image"])(ref image);

        Assert.Equal(folder.File("image.png"), image.Tag);
    }

    [Fact]
    public void Transform_OptionsChangedWhileABatchIsScored_ScoresTheWholeBatchAlike()
    {
        var seen = new List<(float Threshold, int Images)>();
        YoloTransformer transformer = null!;
        using var engine = new FakeEngine((images, options) =>
        {
            seen.Add((options.ScoreThreshold, images.Count));
            transformer.Scoring.ScoreThreshold = 0.75f;
            return [.. images.Select(_ => Array.Empty<Detection>())];
        });
        var options = new YoloTrainer.Options { ImageSize = 64, Scoring = new() { ScoreThreshold = 0.5f, BatchSize = 5 } };
        transformer = new YoloTransformer(engine, ["red", "blue"], options);

        // Images of three shapes: a batch falls into three parts.
        Score(transformer, SquareImages.Draw(10));

        Assert.True(seen.Count >= 4, $"{seen.Count} parts of two batches were scored");
        var first = seen.TakeWhile(part => part.Threshold == 0.5f).ToList();
        Assert.Equal(5, first.Sum(part => part.Images));
        Assert.All(seen.Skip(first.Count), part => Assert.Equal(0.75f, part.Threshold));
    }

    [Fact]
    public void Transform_OtherScoringOptions_LeavesTheModelsOwn()
    {
        var data = _mlContext.Data.LoadFromEnumerable(SquareImages.Draw(3));
        var before = Score(SquareImages.Draw(3));
        var scoring = new ScoringOptions { ScoreThreshold = 0, MaxDetections = 2 };

        var scored = trained.Transformer.Transform(data, scoring);
        scoring.MaxDetections = 3;

        Assert.Equal([2, 2, 2], scored.GetColumn<float[]>("Score").Select(scores => scores.Length));
        Assert.Equal(before.SelectMany(row => row.Score), Score(SquareImages.Draw(3)).SelectMany(row => row.Score));
    }

    [Fact]
    public void DetectorInput_LargeImages_BoundsABatchSoThatItsPixelsFitAnArray()
    {
        var input = new DetectorInput("Image", 1280, 64, ShowsBorders: true);
        using var engine = new FakeEngine((_, _) => []);
        var scorer = new DetectionScorer(engine, input, new ScoringOptions { BatchSize = 1024 });

        Assert.InRange(scorer.BatchSize, 1, int.MaxValue / (1344 * 1344 * 4));
        Assert.Equal(1, (input with { ImageSize = 64_000 }).MaxBatchSize);
    }

    [Fact]
    public void PredictionEngine_OneImage_FindsWhatTransformFinds()
    {
        var images = SquareImages.Draw(4);
        // In batches the last bits differ, and with them the order of detections that are equally sure.
        trained.Transformer.Scoring.BatchSize = 1;
        var expected = Score(images);
        trained.Transformer.Scoring.BatchSize = 8;
        using var engine = _mlContext.Model.CreatePredictionEngine<SquareImages.Row, Detected>(trained.Transformer, new PredictionEngineOptions { OwnsTransformer = false });

        foreach (var (image, row) in images.Zip(expected))
        {
            var actual = engine.Predict(image);

            Assert.Equal(row.PredictedLabel, actual.PredictedLabel);
            Assert.Equal(row.Score, actual.Score);
            Assert.Equal(row.PredictedBoundingBoxes, actual.PredictedBoundingBoxes);
        }
    }

    [Fact]
    public void Transform_KeysMappedBack_GivesTheClassNames()
    {
        var scored = trained.Transformer.Transform(_mlContext.Data.LoadFromEnumerable(SquareImages.Draw(3)));

        var named = _mlContext.Transforms.Conversion.MapKeyToValue("Name", "PredictedLabel").Fit(scored).Transform(scored);

        var names = named.GetColumn<string[]>("Name").SelectMany(name => name).ToHashSet();
        Assert.NotEmpty(names);
        Assert.Subset(new HashSet<string> { "red", "blue" }, names);
    }

    [Fact]
    public void Transform_OnlyThePathIsRead_ScoresNothing()
    {
        var scored = trained.Transformer.Transform(SquareImages.AsView(_mlContext, SquareImages.Draw(3)));

        using var cursor = scored.GetRowCursor([scored.Schema["Label"]]);

        Assert.True(cursor.MoveNext());
        Assert.False(cursor.IsColumnActive(scored.Schema["Score"]));
    }

    [Fact]
    public void Transform_NoImageColumn_NamesIt()
    {
        var data = _mlContext.Data.LoadFromEnumerable([new { Path = "a.jpg" }]);

        var exception = Assert.Throws<ArgumentOutOfRangeException>(() => trained.Transformer.Transform(data));

        Assert.Contains("The image column 'Image' is not in the data; an image (MLImage) was expected. There are: Path.", exception.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Transform_ScoreThresholdRaised_GivesConfidentDetectionsAlone()
    {
        var all = Score(SquareImages.Draw(3)).SelectMany(row => row.Score).ToList();
        var threshold = all.Order().ElementAt(all.Count / 2);
        trained.Transformer.Scoring.ScoreThreshold = threshold;
        var rows = Score(SquareImages.Draw(3));
        trained.Transformer.Scoring.ScoreThreshold = TinyRun.Options().Scoring.ScoreThreshold;

        var expected = all.FindAll(score => score > threshold);
        Assert.True(expected.Count > 0 && expected.Count < all.Count, $"{expected.Count} of {all.Count} detections are above the threshold");
        Assert.Equal(expected, rows.SelectMany(row => row.Score));
    }

    [Fact]
    public void EvaluateObjectDetection_OfMicrosoft_TakesTheOutputColumns()
    {
        var scored = trained.Transformer.Transform(_mlContext.Data.LoadFromEnumerable(SquareImages.Draw(6)));
        var named = _mlContext.Transforms.Conversion.MapKeyToValue("PredictedLabel").Fit(scored).Transform(scored);

        var metrics = _mlContext.MulticlassClassification.EvaluateObjectDetection(
            named, named.Schema["Label"], named.Schema["BoundingBoxes"], named.Schema["PredictedLabel"], named.Schema["PredictedBoundingBoxes"], named.Schema["Score"]);

        // It leaves out what is less confident than 5 %: all that a network finds which has hardly learned anything.
        var scores = named.GetColumn<float[]>("Score").SelectMany(row => row).ToList();
        Assert.NotEmpty(scores);
        Assert.Equal(0, scores.Count(score => score >= 0.05f));
        Assert.Equal(0, metrics.MAP50);
    }

    private List<Detected> Score(IReadOnlyList<SquareImages.Row> images) => Score(trained.Transformer, images);

    private List<Detected> Score(YoloTransformer transformer, IReadOnlyList<SquareImages.Row> images)
        => [.. _mlContext.Data.CreateEnumerable<Detected>(transformer.Transform(_mlContext.Data.LoadFromEnumerable(images)), reuseRowObject: false)];

    private sealed class WithImage
    {
        [ImageType(64, 64)]
        public MLImage Image { get; set; } = null!;

        public float[] Score { get; set; } = [];
    }

    private sealed class Detected
    {
        public string[] Label { get; set; } = [];

        public float[] BoundingBoxes { get; set; } = [];

        public uint[] PredictedLabel { get; set; } = [];

        public float[] PredictedBoundingBoxes { get; set; } = [];

        public float[] Score { get; set; } = [];
    }
}
