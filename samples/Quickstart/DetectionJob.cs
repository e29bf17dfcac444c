using System.Globalization;
using Microsoft.ML;
using Microsoft.ML.Data;
using Microsoft.ML.Runtime;
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
        var mlContext = new MLContext(options.Seed) { GpuDeviceId = options.Gpu, FallbackToCpu = options.Gpu is null };
        mlContext.Log += (_, entry) => Tell(entry);
        var (train, unseen) = LoadData(mlContext);
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
        return (mlContext.Data.LoadFromYoloDataset(options.Data), mlContext.Data.LoadFromYoloDataset(options.Data, options.ValidationSplit));
    }

    /// <summary>What the trainer chose, found and left out; the epochs have a table of their own.</summary>
    private static void Tell(LoggingEventArgs entry)
    {
        if (entry.Kind == ChannelMessageKind.Warning)
            Console.Error.WriteLine($"warning: {entry.RawMessage}");
        else if (entry.Kind == ChannelMessageKind.Info && entry.Source.Contains(nameof(YoloTrainer), StringComparison.Ordinal) && !IsEpoch(entry.RawMessage))
            Console.WriteLine(entry.RawMessage);
    }

    private static bool IsEpoch(string message) => message.StartsWith("Epoch ", StringComparison.Ordinal);

    private DetectionMetrics TrainAndSave(MLContext mlContext, IDataView train, IDataView unseen)
    {
        var images = mlContext.Transforms.LoadImages("Image", imageFolder: null, "ImagePath");
        var trainer = mlContext.MulticlassClassification.Trainers.Yolo(TrainerOptions(images.Fit(unseen).Transform(unseen)));
        using var model = images.Append(trainer).Fit(train);
        var detector = model.LastTransformer;

        // Measuring wants the doubtful detections too. Rows that were scored are kept: the report reads them once more, with their images.
        var scored = mlContext.Data.Cache(detector.Transform(images.Fit(unseen).Transform(unseen), ScoringOptions.Measuring));
        var metrics = mlContext.MulticlassClassification.EvaluateDetections(scored);
        Console.WriteLine();
        Console.WriteLine(metrics);
        UseRecommendedThreshold(detector.Scoring);
        var shown = images.Fit(scored).Transform(scored);
        var report = DetectionReport.Write(options.Output, metrics, detector.History, shown, new() { Title = "Quickstart", Model = detector });

        mlContext.Model.SaveAtomically(model, train.Schema, ModelPath);
        Console.WriteLine($"Saved {ModelPath}, and a report for people, {report}.");
        SaveForServing(mlContext, images.Fit(train), detector, train.Schema);
        return metrics;
    }

    /// <summary>What is shown in the end counts from the confidence at which F1 was highest.</summary>
    private static void UseRecommendedThreshold(ScoringOptions scoring)
    {
        if (scoring.RecommendedThreshold is not { } threshold)
            return;
        scoring.ScoreThreshold = threshold;
        Console.WriteLine(FormattableString.Invariant($"Detections count from confidence {threshold:F2}, where F1 is highest on unseen images."));
    }

    /// <summary>The same pipeline on ONNX Runtime: programs that only detect, such as samples/WebDemo, load it without LibTorch.</summary>
    private void SaveForServing(MLContext mlContext, ITransformer images, YoloTransformer detector, DataViewSchema schema)
    {
        using var exported = detector.ToOnnxRuntime(mlContext);
        mlContext.Model.SaveAtomically(new TransformerChain<YoloTransformer>(images, exported), schema, ServingPath);
        Console.WriteLine($"Saved {ServingPath}, which needs no LibTorch: dotnet run -c Release --project samples/WebDemo -- --model {ServingPath} serves it.");
    }

    private YoloTrainer.Options TrainerOptions(IDataView validationSet)
    {
        var trainer = new YoloTrainer.Options
        {
            Architecture = options.Architecture ?? (options.Weights is null ? CommandLine.DefaultArchitecture : null),
            PretrainedWeights = options.Weights,
            Optimizer = options.Optimizer,
            ImageSize = options.ImageSize,
            MaxEpoch = options.Epochs,
            BatchSize = options.BatchSize,
            Loss = Loss(),
            ValidationSet = validationSet,
            CheckpointDirectory = Path.Combine(options.Output, "checkpoints"),
            Resume = options.Resumes,
            Progress = YoloProgress.Console,
            CancellationToken = cancellation,
        };
        if (options.Data is null)
            SuitScenes(trainer);
        return trainer;
    }

    private DetectionLossOptions? Loss() => options.Loss switch
    {
        "v3" => new YoloV3LossOptions(),
        "v5" => new YoloV5LossOptions(),
        "v8" => new YoloV8LossOptions(),
        _ => null,
    };

    /// <summary>
    /// A few minutes are too short for mosaics, and shapes have no top and bottom. The terms are weighed for few classes and small pictures by hand, instead of
    /// by the reference's scaling, which gives classes that look alike too little weight.
    /// </summary>
    private static void SuitScenes(YoloTrainer.Options trainer)
    {
        (trainer.LearningRate, trainer.ValidationInterval, trainer.ScaleLossWeights) = (0.002, 5, false);
        trainer.Augmentation = new() { MosaicProbability = 0, Translation = 0, ScaleGain = 0, VerticalFlipProbability = 0.5f };
        if (trainer.ChosenLoss is YoloV5LossOptions)
            trainer.Loss = new YoloV5LossOptions { BoxWeight = 0.1f, ObjectnessWeight = 0.15f, ClassWeight = 0.3f };
    }

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
