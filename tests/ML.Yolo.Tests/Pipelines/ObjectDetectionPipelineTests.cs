using Microsoft.ML;
using Microsoft.ML.Data;
using Microsoft.ML.TorchSharp;
using ML.Yolo.Tests.Training;

namespace ML.Yolo.Tests.Pipelines;

/// <summary>The pipeline of ML.NET's own object-detection test, with <c>Trainers.ObjectDetection</c> replaced by <c>Trainers.Yolo</c> and nothing else.</summary>
public sealed class ObjectDetectionPipelineTests : IDisposable
{
    private readonly MLContext _mlContext = new(seed: 1);
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void Fit_PipelineOfMicrosoftsTest_FitsTransformsAndEvaluates()
    {
        var data = Load(6, "ImagePath", "Labels", "Box");
        using var model = Pipeline(_mlContext.MulticlassClassification.Trainers.Yolo(Options())).Fit(data);

        var scored = model.Transform(data);

        // ML.NET's evaluator reads labels from the column of index 2 and boxes from that of index 6, whatever it is told, because its own test has them there. So it does here.
        Assert.Equal(("Labels", "Box"), (scored.Schema[2].Name, scored.Schema[6].Name));
        var metrics = _mlContext.MulticlassClassification.EvaluateObjectDetection(scored, scored.Schema[2], scored.Schema["Box"], scored.Schema["PredictedLabel"], scored.Schema["PredictedBoundingBoxes"], scored.Schema["Score"]);
        // It leaves out what is less confident than 5 %: all that a network finds which has hardly learned anything.
        Assert.Equal(0, metrics.MAP50);
        var ours = _mlContext.MulticlassClassification.EvaluateDetections(scored, "Labels", "Box");
        var scores = scored.GetColumn<float[]>("Score").SelectMany(row => row).ToList();
        Assert.NotEmpty(scores);
        Assert.Equal(0, scores.Count(score => score >= 0.05f));
        Assert.Equal((6, SquareImages.Draw(7).Sum(row => row.Label.Length), scores.Count), (ours.ImageCount, ours.GroundTruthCount, ours.DetectionCount));
    }

    [Fact]
    public void EvaluateObjectDetection_OfALearnedModel_GivesTheMapOfOurs()
    {
        var data = Load(8, "ImagePath", "Labels", "Box");
        var options = Options();
        (options.MaxEpoch, options.Optimizer, options.LearningRate, options.Scoring.ScoreThreshold, options.EmaDecay, options.ScaleLossWeights) = (100, OptimizerKind.AdamW, 0.003, 0.25f, 0.9, false);
        // Of several detections of one object the two definitions may take different ones as the right one.
        (options.Augmentation, options.WarmupEpochs, options.Scoring.IouThreshold) = (AugmentationOptions.None, 0, 0.1f);
        using var model = Pipeline(_mlContext.MulticlassClassification.Trainers.Yolo(options)).Fit(data);

        // In Microsoft's definition boxes are a pixel larger than their corners say; on pictures a hundred times as large that is nothing.
        var names = _mlContext.Transforms.Conversion.MapKeyToValue("Label", "Labels");
        var scored = model.Transform(data);
        var rows = _mlContext.Data.CreateEnumerable<Scored>(names.Append(_mlContext.Transforms.CopyColumns("BoundingBoxes", "Box")).Fit(scored).Transform(scored), reuseRowObject: false, ignoreMissingColumns: true).Select(row => row.Enlarge(100)).ToList();
        var enlarged = _mlContext.Data.LoadFromEnumerable(rows);
        var schema = enlarged.Schema;
        var microsoft = _mlContext.MulticlassClassification.EvaluateObjectDetection(enlarged, schema["Label"], schema["BoundingBoxes"], schema["PredictedLabel"], schema["PredictedBoundingBoxes"], schema["Score"]);
        var ours = _mlContext.MulticlassClassification.EvaluateDetections(enlarged);

        Assert.True(ours.MAP50 > 0.3, $"too little was learned for a comparison: mAP50 {ours.MAP50}");
        Assert.Equal(ours.MAP50, microsoft.MAP50, 0.02);                                  // the mean at 101 recalls, or the area
    }

    [Fact]
    public void Fit_CatalogArgumentsOfObjectDetection_AreTaken()
    {
        var data = Load(3, "ImagePath", "Labels", "Box");

        // Not fitted: the default of 640 pixels takes its time.
        var trainer = _mlContext.MulticlassClassification.Trainers.Yolo("Labels", boundingBoxColumnName: "Box", maxEpoch: 1);

        var schema = Pipeline(trainer).GetOutputSchema(ML.Yolo.Interop.SchemaColumn.ShapeOf(data.Schema));
        Assert.Contains(schema, column => column.Name == "PredictedLabel");
        Assert.Contains(schema, column => column.Name == "Score");
    }

    [Fact]
    public void Transform_FittedForScoringAlone_NeedsNoColumnButThePath()
    {
        var data = Load(6, "ImagePath", "Labels", "Box");
        var transforms = _mlContext.Transforms;
        var pipeline = new EstimatorChain<ITransformer>()
            .Append(transforms.Text.TokenizeIntoWords("Labels", separators: [',']), TransformerScope.Training)
            .Append(transforms.Conversion.MapValueToKey("Labels"), TransformerScope.Training)
            .Append(transforms.Text.TokenizeIntoWords("Box", separators: [',']), TransformerScope.Training)
            .Append(transforms.Conversion.ConvertType("Box"), TransformerScope.Training)
            .Append(transforms.LoadImages("Image", _folder.Path, "ImagePath"))
            .Append(_mlContext.MulticlassClassification.Trainers.Yolo(Options()))
            .Append(transforms.Conversion.MapKeyToValue("PredictedLabel"));
        var paths = Load(6, "ImagePath");

        using var model = pipeline.Fit(data);

        Assert.Equal(6, model.Transform(paths).GetColumn<float[]>("Score").Count());
    }

    private static YoloTrainer.Options Options()
    {
        var options = TinyRun.Options(epochs: 1);
        (options.LabelColumnName, options.BoundingBoxColumnName) = ("Labels", "Box");
        return options;
    }

    private EstimatorChain<Microsoft.ML.Transforms.KeyToValueMappingTransformer> Pipeline(YoloTrainer trainer)
        => _mlContext.Transforms.Text.TokenizeIntoWords("Labels", separators: [','])
            .Append(_mlContext.Transforms.Conversion.MapValueToKey("Labels"))
            .Append(_mlContext.Transforms.Text.TokenizeIntoWords("Box", separators: [',']))
            .Append(_mlContext.Transforms.Conversion.ConvertType("Box"))
            .Append(_mlContext.Transforms.LoadImages("Image", _folder.Path, "ImagePath"))
            .Append(trainer)
            .Append(_mlContext.Transforms.Conversion.MapKeyToValue("PredictedLabel"));

    private IDataView Load(int images, params string[] columns)
    {
        var loader = _mlContext.Data.CreateTextLoader([.. columns.Select((name, i) => new TextLoader.Column(name, DataKind.String, i))]);
        return loader.Load(SquareTable.Write(_folder, images));
    }

    /// <summary>Columns in the order that Microsoft's evaluator assumes.</summary>
    private sealed class Scored
    {
        public string ImagePath { get; set; } = "";

        public string Second { get; set; } = "";

        public string[] Label { get; set; } = [];

        public string[] PredictedLabel { get; set; } = [];

        public float[] PredictedBoundingBoxes { get; set; } = [];

        public float[] Score { get; set; } = [];

        public float[] BoundingBoxes { get; set; } = [];

        public Scored Enlarge(float scale) => new()
        {
            Label = Label,
            PredictedLabel = PredictedLabel,
            Score = Score,
            PredictedBoundingBoxes = Array.ConvertAll(PredictedBoundingBoxes, x => x * scale),
            BoundingBoxes = Array.ConvertAll(BoundingBoxes, x => x * scale),
        };
    }
}
