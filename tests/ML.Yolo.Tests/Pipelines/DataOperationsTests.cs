using Microsoft.ML;
using Microsoft.ML.Data;
using ML.Yolo.Tests.Datasets;
using ML.Yolo.Tests.Training;

namespace ML.Yolo.Tests.Pipelines;

/// <summary>What ML.NET does with data it does with ours: each operation before a training and a scoring.</summary>
public sealed class DataOperationsTests : IDisposable
{
    private const int Images = 9;

    private readonly MLContext _mlContext = new(seed: 1);
    private readonly TemporaryFolder _folder = new();
    private readonly IReadOnlyList<SquareImages.Row> _squares = SquareImages.Draw(Images);

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void CrossValidationSplit_ThreeFolds_TrainsAndMeasuresEach()
    {
        var measured = 0;

        foreach (var fold in _mlContext.Data.CrossValidationSplit(Paths(), numberOfFolds: 3, seed: 1))
        {
            using var model = Pipeline().Fit(fold.TrainSet);
            measured += _mlContext.MulticlassClassification.EvaluateDetections(model.Transform(fold.TestSet)).ImageCount;
        }

        Assert.Equal(Images, measured);
    }

    [Fact]
    public void TrainTestSplit_OfALoadedSet_PartsItsImages()
    {
        _mlContext.Data.SaveAsYoloDataset(Paths(), _folder.File("yolo"));
        var split = _mlContext.Data.TrainTestSplit(_mlContext.Data.LoadFromYoloDataset(_folder.File("yolo")), testFraction: 0.4, seed: 1);

        using var model = Pipeline().Fit(split.TrainSet);

        var (train, test) = (LabelledRows.Of(_mlContext, split.TrainSet), LabelledRows.Of(_mlContext, split.TestSet));
        Assert.Equal(Images, train.Count + test.Count);
        Assert.True(train.Count > 0 && test.Count > 0, $"{train.Count} rows to train, {test.Count} to test");
        Assert.Empty(train.Select(row => row.ImagePath).Intersect(test.Select(row => row.ImagePath)));
        Assert.Equal(test.Count, model.Transform(split.TestSet).GetColumn<float[]>("Score").Count());
    }

    [Fact]
    public void Cache_LabelsBeforeImages_GivesTheSameModel()
    {
        var data = Paths();
        using var direct = Pipeline(new MLContext(seed: 7)).Fit(data);

        using var cached = Pipeline(new MLContext(seed: 7)).Fit(_mlContext.Data.Cache(data));

        AssertSameWeights(direct, cached);
    }

    [Fact]
    public void ShuffleRows_OfPaths_TrainsOnEachRowOnce()
    {
        var lines = new List<string>();
        _mlContext.Log += (_, entry) => lines.Add(entry.Message);

        using var model = Pipeline().Fit(_mlContext.Data.ShuffleRows(Paths(), seed: 5));

        Assert.Contains(lines, line => line.Contains($"on {Images} images with {_squares.Sum(row => row.Label.Length)} objects", StringComparison.Ordinal));
    }

    [Theory]
    [InlineData("ShuffleRows")]
    [InlineData("Cache")]
    public void ShuffleRowsOrCache_AfterImagesWereLoaded_TheTrainerSaysThatMLNetDropsTheirColumn(string operation)
    {
        var loaded = _mlContext.Transforms.LoadImages("Image", "", "ImagePath").Fit(Paths()).Transform(Paths());
        var data = SquareImages.Keys(_mlContext, operation == "Cache" ? _mlContext.Data.Cache(loaded) : _mlContext.Data.ShuffleRows(loaded, seed: 5));

        var exception = Assert.Throws<ArgumentOutOfRangeException>(() => _mlContext.MulticlassClassification.Trainers.Yolo(TinyRun.Options(epochs: 1)).Fit(data));

        Assert.Contains("The image column 'Image' is not in the data", exception.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void FilterRowsByMissingValues_RowWithoutAWeight_IsNotTrainedOn()
    {
        var lines = new List<string>();
        _mlContext.Log += (_, entry) => lines.Add(entry.Message);
        var data = _mlContext.Data.LoadFromEnumerable(Rows().Select((row, i) => new Weighted { ImagePath = row.ImagePath, Label = row.Label, BoundingBoxes = row.BoundingBoxes, Weight = i < 2 ? float.NaN : 1 }));

        using var model = Pipeline().Fit(_mlContext.Data.FilterRowsByMissingValues(data, "Weight"));

        Assert.Contains(lines, line => line.Contains($"on {Images - 2} images", StringComparison.Ordinal));
    }

    [Fact]
    public void LoadFromEnumerable_ImagesOrPaths_GiveTheSameModel()
    {
        using var images = new MLContext(seed: 7).MulticlassClassification.Trainers.Yolo(TinyRun.Options(epochs: 1)).Fit(SquareImages.AsView(_mlContext, _squares));

        using var paths = Pipeline(new MLContext(seed: 7)).Fit(Paths());

        TensorAssert.Equal(images.Network.state_dict()["model.0.conv.weight"], paths.LastTransformer.Network.state_dict()["model.0.conv.weight"]);
    }

    [Fact]
    public void ResizeImagesAndBoundingBoxes_BeforeTheTrainer_TrainOnTheResized()
    {
        var data = SquareImages.Keys(_mlContext, Paths());
        var options = TinyRun.Options(epochs: 1);
        options.ImageColumnName = "Small";

        using var model = _mlContext.Transforms.LoadImages("Image", "", "ImagePath")
            .Append(_mlContext.Transforms.ResizeImages("Small", 48, 48, "Image", Microsoft.ML.Transforms.Image.ImageResizingEstimator.ResizingKind.IsoPad))
            .Append(_mlContext.Transforms.ResizeBoundingBoxes(sourceImageColumnName: "Image", resizedImageColumnName: "Small", resizing: Microsoft.ML.Transforms.Image.ImageResizingEstimator.ResizingKind.IsoPad))
            .Append(_mlContext.MulticlassClassification.Trainers.Yolo(options)).Fit(data);

        var corners = model.Transform(data).GetColumn<float[]>("PredictedBoundingBoxes").SelectMany(boxes => boxes).ToList();
        Assert.NotEmpty(corners);
        Assert.All(corners, x => Assert.InRange(x, 0, 48));
    }

    private static void AssertSameWeights(TransformerChain<YoloTransformer> first, TransformerChain<YoloTransformer> second)
        => TensorAssert.Equal(first.LastTransformer.Network.state_dict()["model.0.conv.weight"], second.LastTransformer.Network.state_dict()["model.0.conv.weight"]);

    private EstimatorChain<YoloTransformer> Pipeline(MLContext? mlContext = null)
    {
        mlContext ??= _mlContext;
        var names = mlContext.Data.LoadFromEnumerable([new { Name = "red" }, new { Name = "blue" }]);
        return mlContext.Transforms.Conversion.MapValueToKey("Label", keyData: names)
            .Append(mlContext.Transforms.LoadImages("Image", "", "ImagePath"))
            .Append(mlContext.MulticlassClassification.Trainers.Yolo(TinyRun.Options(epochs: 1)));
    }

    private IDataView Paths() => _mlContext.Data.LoadFromEnumerable(Rows());

    private List<LabelledRows.Row> Rows() => [.. _squares.Select((square, i) =>
    {
        square.Image.Save(_folder.File($"{i}.png"));
        return new LabelledRows.Row { ImagePath = _folder.File($"{i}.png"), Label = square.Label, BoundingBoxes = square.BoundingBoxes };
    })];

    private sealed class Weighted
    {
        public string ImagePath { get; set; } = "";

        public string[] Label { get; set; } = [];

        public float[] BoundingBoxes { get; set; } = [];

        public float Weight { get; set; }
    }
}
