using System.Globalization;
using Microsoft.ML;
using Microsoft.ML.Data;
using ML.Yolo;

namespace Quickstart;

/// <summary>The whole job: data, training, measuring, saving, and then, in a context of its own, loading and detecting.</summary>
internal sealed class DetectionJob(QuickstartOptions options, CancellationToken cancellation)
{
    private const int TrainingScenes = 600;
    private const int UnseenScenes = 100;
    private const int Pictures = 8;

    private string ModelPath => Path.Combine(options.Output, "model.zip");

    private string ServingPath => Path.Combine(options.Output, "model-onnx.zip");

    public void Run()
    {
        Directory.CreateDirectory(options.Output);
        var mlContext = new MLContext(options.Seed);
        var (train, unseen) = LoadData(mlContext);
        Console.WriteLine(mlContext.Data.SummarizeDetections(train));
        var metrics = TrainAndSave(mlContext, train, unseen);
        Detect(unseen);
        Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"mAP50 {metrics.MAP50:F4}, mAP50-95 {metrics.MAP50_95:F4}"));
    }

    private (IDataView Train, IDataView Unseen) LoadData(MLContext mlContext)
    {
        if (options.Data is null)
        {
            Console.WriteLine($"Drawing {TrainingScenes} scenes to learn from and {UnseenScenes} to be tested on.");
            var scenes = ShapeScenes.Write(Path.Combine(options.Output, "scenes"), TrainingScenes, UnseenScenes, options.ImageSize, options.Seed);
            return (mlContext.Data.LoadFromYoloDataset(scenes), mlContext.Data.LoadFromYoloDataset(scenes, "val"));
        }

        Console.WriteLine($"Reading {options.Data}.");
        return (mlContext.Data.LoadFromYoloDataset(options.Data), mlContext.Data.LoadFromYoloDataset(options.Data, "val"));
    }

    private DetectionMetrics TrainAndSave(MLContext mlContext, IDataView train, IDataView unseen)
    {
        // Class names become keys for training alone: the saved model asks for nothing but the path of an image.
        var labels = mlContext.Transforms.Conversion.MapValueToKey("Label").Fit(train);
        var images = mlContext.Transforms.LoadImages("Image", imageFolder: null, "ImagePath");

        using var model = TrainingConsole.Run(progress =>
        {
            var trainerOptions = TrainerOptions(progress, images.Fit(unseen).Transform(labels.Transform(unseen)));
            return images.Append(mlContext.MulticlassClassification.Trainers.Yolo(trainerOptions)).Fit(labels.Transform(train));
        });

        var metrics = mlContext.MulticlassClassification.EvaluateDetections(model, unseen);
        Console.WriteLine();
        Console.WriteLine(metrics);
        // The report shows what was measured: the doubtful detections are there, and it chooses from which confidence they count.
        var detector = model.LastTransformer;
        var scored = detector.Transform(images.Fit(unseen).Transform(unseen), ScoringOptions.Measuring);
        var report = DetectionReport.Write(options.Output, metrics, detector.History, scored, new() { Title = "Quickstart", Model = detector });

        mlContext.Model.SaveAtomically(model, train.Schema, ModelPath);
        Console.WriteLine($"Saved {ModelPath}, and a report for people, {report}.");
        SaveForServing(mlContext, images.Fit(train), detector, train.Schema);
        return metrics;
    }

    /// <summary>The same pipeline on ONNX Runtime: programs that only detect, such as samples/WebDemo, load it without LibTorch.</summary>
    private void SaveForServing(MLContext mlContext, ITransformer images, YoloTransformer detector, DataViewSchema schema)
    {
        using var exported = detector.ToOnnxRuntime(mlContext);
        mlContext.Model.SaveAtomically(new TransformerChain<YoloTransformer>(images, exported), schema, ServingPath);
        Console.WriteLine($"Saved {ServingPath}, which needs no LibTorch: dotnet run -c Release --project samples/WebDemo -- --model {ServingPath} serves it.");
    }

    private YoloTrainer.Options TrainerOptions(IProgress<TrainingProgress> progress, IDataView validationSet) => new()
    {
        ImageSize = options.ImageSize,
        MaxEpoch = options.Epochs,
        BatchSize = options.BatchSize,
        ValidationSet = validationSet,
        ValidationInterval = 5,
        Progress = progress,
        CancellationToken = cancellation,

        // A short run from scratch: AdamW learns most in few steps, and the averaged weights follow soon. The terms are weighed for few classes
        // and small pictures by hand, instead of by the reference's scaling, which gives classes that look alike too little weight.
        Optimizer = OptimizerKind.AdamW,
        LearningRate = 0.002,
        Momentum = 0.9,
        NominalBatchSize = options.BatchSize,
        EmaRampUpdates = 200,
        ScaleLossWeights = false,
        Augmentation = Augmentation(),

        // What is shown in the end: measuring takes thresholds of its own.
        Scoring = new() { ScoreThreshold = 0.35f },
        Loss = options.Loss == "v3" ? new YoloV3LossOptions() : new YoloV5LossOptions { BoxWeight = 0.1f, ObjectnessWeight = 0.15f, ClassWeight = 0.3f },
    };

    /// <summary>A few minutes are too short for mosaics, and shapes have no top and bottom.</summary>
    private AugmentationOptions Augmentation() => options.Data is not null ? AugmentationOptions.Scratch : new()
    {
        MosaicProbability = 0,
        Translation = 0,
        ScaleGain = 0,
        VerticalFlipProbability = 0.5f,
    };

    private void Detect(IDataView unseen)
    {
        // A fresh context, as in another program: nothing is registered, the zip says which assembly loads the detector.
        var mlContext = new MLContext();
        var model = mlContext.Model.Load(ModelPath, out _);
        var detections = model.Transform(mlContext.Data.TakeRows(unseen, Pictures));
        var classNames = ClassNames(detections.Schema["PredictedLabel"]);
        var pictures = Directory.CreateDirectory(Path.Combine(options.Output, "detections")).FullName;
        foreach (var row in mlContext.Data.CreateEnumerable<DetectedRow>(detections, reuseRowObject: false, ignoreMissingColumns: true))
        {
            using var image = MLImage.CreateFromFile(row.ImagePath);
            using var picture = DetectionImage.Draw(image, row.Boxes(classNames), new() { ClassNames = classNames, MinimumSide = 640 });
            picture.Save(Path.Combine(pictures, Path.ChangeExtension(Path.GetFileName(row.ImagePath), ".png")));
        }

        (model as IDisposable)?.Dispose();
        Console.WriteLine($"Loaded it in a fresh MLContext; what it sees in unseen images is in {pictures}.");
    }

    private static string[] ClassNames(DataViewSchema.Column predictedLabel)
    {
        var names = default(VBuffer<ReadOnlyMemory<char>>);
        predictedLabel.GetKeyValues(ref names);
        return [.. names.DenseValues().Select(name => name.ToString())];
    }
}
