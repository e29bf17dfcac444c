using Microsoft.ML;
using Microsoft.ML.Data;
using Microsoft.ML.Transforms;
using ML.Yolo.Tests.Training;

namespace ML.Yolo.Tests.Evaluation;

/// <summary>Measuring a model: with thresholds for measuring, through whatever chain it is in, and without changing it.</summary>
public sealed class EvaluateModelTests(TrainedDetector trained) : IClassFixture<TrainedDetector>
{
    private readonly MLContext _mlContext = trained.MLContext;

    private MulticlassClassificationCatalog Catalog => _mlContext.MulticlassClassification;

    private IDataView Data => _mlContext.Data.LoadFromEnumerable(SquareImages.Draw(6, seed: 5));

    [Fact]
    public void EvaluateDetections_Model_CountsWhatTheMeasuringOptionsReport()
    {
        var expected = Catalog.EvaluateDetections(trained.Transformer.Transform(Data, ScoringOptions.Measuring));

        var metrics = Catalog.EvaluateDetections(trained.Transformer, Data);

        Assert.True(metrics.DetectionCount > 0);
        Assert.Equal(expected.ToString(), metrics.ToString());
        Assert.NotEqual(Catalog.EvaluateDetections(trained.Transformer.Transform(Data)).DetectionCount, metrics.DetectionCount);
    }

    [Fact]
    public void EvaluateDetections_Model_StaysAsItIs()
    {
        var before = trained.Transformer.Transform(Data).GetColumn<float[]>("Score").ToList();

        Catalog.EvaluateDetections(trained.Transformer, Data);

        Assert.Equal(TinyRun.Options().Scoring.ScoreThreshold, trained.Transformer.Scoring.ScoreThreshold);
        Assert.Equal(before, trained.Transformer.Transform(Data).GetColumn<float[]>("Score"));
    }

    [Theory]
    [InlineData("last")]
    [InlineData("first")]
    [InlineData("within")]
    [InlineData("loaded")]
    public void EvaluateDetections_ChainWithTheDetectorSomewhere_MeasuresIt(string place)
    {
        using var model = Chain(place);

        var metrics = Catalog.EvaluateDetections(model, Data);

        Assert.Equal(Catalog.EvaluateDetections(trained.Transformer, Data).ToString(), metrics.ToString());
    }

    [Fact]
    public void EvaluateDetections_DetectorWithColumnsOfItsOwn_ReadsThose()
    {
        var options = TinyRun.Options(epochs: 1);
        (options.LabelColumnName, options.BoundingBoxColumnName) = ("Names", "Corners");
        (options.PredictedLabelColumnName, options.PredictedBoundingBoxColumnName, options.ScoreColumnName) = ("Found", "Where", "Sure");
        var renamed = _mlContext.Transforms.CopyColumns("Names", "Label").Append(_mlContext.Transforms.CopyColumns("Corners", "BoundingBoxes"));
        var data = SquareImages.AsView(_mlContext, SquareImages.Draw(6));
        using var model = renamed.Append(_mlContext.MulticlassClassification.Trainers.Yolo(options)).Fit(data);

        var metrics = Catalog.EvaluateDetections(model, data);

        Assert.Equal((6, SquareImages.Draw(6).Sum(row => row.Label.Length)), (metrics.ImageCount, metrics.GroundTruthCount));
    }

    [Fact]
    public void EvaluateDetections_ModelAndOptions_FollowsTheOptions()
    {
        const DetectionMetricDefinition Definition = DetectionMetricDefinition.Ultralytics;

        var metrics = Catalog.EvaluateDetections(trained.Transformer, Data, new DetectionEvaluationOptions { Definition = Definition });

        Assert.Equal(Definition, metrics.Definition);
        Assert.Equal(Catalog.EvaluateDetections(trained.Transformer, Data, definition: Definition).ToString(), metrics.ToString());
    }

    [Fact]
    public void EvaluateDetections_ChainWithoutDetector_SaysWhatItIsMadeOf()
    {
        var chain = new TransformerChain<ITransformer>(Copying("a"), Copying("b"));

        var exception = Assert.Throws<ArgumentException>(() => Catalog.EvaluateDetections(chain, Data));

        Assert.StartsWith(
            "The model holds 0 detectors; exactly one YoloTransformer was expected, by itself or in a chain. "
            + "It is made of: ColumnCopyingTransformer, ColumnCopyingTransformer.",
            exception.Message,
            StringComparison.Ordinal);
    }

    [Fact]
    public void EvaluateDetections_ChainWithTwoDetectors_SaysSo()
    {
        var chain = new TransformerChain<ITransformer>(trained.Transformer, new TransformerChain<ITransformer>(trained.Transformer));

        var exception = Assert.Throws<ArgumentException>(() => Catalog.EvaluateDetections(chain, Data));

        Assert.StartsWith("The model holds 2 detectors; exactly one YoloTransformer was expected", exception.Message, StringComparison.Ordinal);
    }

    private TransformerChain<ITransformer> Chain(string place)
    {
        var detector = Clone(trained.Transformer);
        var names = _mlContext.Transforms.Conversion.MapKeyToValue("PredictedLabel").Fit(detector.Transform(Data));
        var chain = place switch
        {
            "last" => new TransformerChain<ITransformer>(Copying("Copy"), detector),
            "first" => new TransformerChain<ITransformer>(detector, names),
            _ => new TransformerChain<ITransformer>(
                Copying("Copy"), new TransformerChain<ITransformer>(Copying("Other"), new TransformerChain<ITransformer>(detector), names)),
        };
        return place == "loaded" ? (TransformerChain<ITransformer>)Reload(chain) : chain;
    }

    private ColumnCopyingTransformer Copying(string name) => _mlContext.Transforms.CopyColumns(name, "Label").Fit(Data);

    private YoloTransformer Clone(YoloTransformer transformer) => (YoloTransformer)Reload(transformer);

    private ITransformer Reload(ITransformer model)
    {
        using var stream = new MemoryStream();
        _mlContext.Model.Save(model, null, stream);
        stream.Position = 0;
        return _mlContext.Model.Load(stream, out _);
    }
}
