using System.Diagnostics;
using System.Globalization;
using System.Reflection;
using Microsoft.ML;
using Microsoft.ML.Data;

namespace ML.Yolo.Benchmarks;

/// <summary>A whole training, measured as the reference measures: what docs/training.md compares.</summary>
internal static class AccuracyRun
{
    /// <summary>Trains a network, YOLOv5n where none is named, on the train split with batches of 16, and prints what it reaches on the val split.</summary>
    /// <param name="root">The set: a YOLO set's data.yaml, or a folder in Pascal VOC's layout.</param>
    /// <param name="epochs">Passes over it.</param>
    /// <param name="seed">Seed of the run.</param>
    /// <param name="more">A file of weights to begin with, without which training is from scratch, and options of the trainer as Name=value.</param>
    public static void Measure(string root, int epochs, int seed, IEnumerable<string> more)
    {
        var options = new YoloTrainer.Options { ImageSize = 320, MaxEpoch = epochs, Progress = new EpochLines() };
        foreach (var argument in more)
            Set(options, argument);

        var mlContext = new MLContext(seed);
        mlContext.Log += (_, entry) =>
        {
            if (entry.Source.StartsWith(nameof(YoloTrainer), StringComparison.Ordinal) && entry.Kind >= Microsoft.ML.Runtime.ChannelMessageKind.Info)
                Console.WriteLine(entry.RawMessage);
        };
        var (train, val) = Load(mlContext, root);
        var images = mlContext.Transforms.LoadImages("Image", imageFolder: null, "ImagePath");
        options.ValidationSet = images.Fit(val).Transform(val);
        var clock = Stopwatch.StartNew();
        using var model = images.Append(mlContext.MulticlassClassification.Trainers.Yolo(options)).Fit(train);

        var metrics = mlContext.MulticlassClassification.EvaluateDetections(model, val, definition: DetectionMetricDefinition.Ultralytics);
        var classes = metrics.PerClass.Count > 10 ? "" : " (" + string.Join(", ", metrics.PerClass.Select(Describe)) + ")";
        if (model.Detector().Options.Architecture!.Anchors is null)
            Report("suppressed at IoU 0.7, as the reference measures networks without anchors", Measure(mlContext, model, val, 0.7f));
        Console.WriteLine(string.Create(CultureInfo.InvariantCulture,
            $"{epochs} epochs, seed {seed}: mAP50 {metrics.MAP50:F3}, mAP50-95 {metrics.MAP50_95:F3}{classes}; {clock.Elapsed.TotalMinutes:F1} min"));
    }

    private static DetectionMetrics Measure(MLContext mlContext, TransformerChain<YoloTransformer> model, IDataView val, float iouThreshold)
    {
        var scoring = ScoringOptions.Measuring;
        scoring.IouThreshold = iouThreshold;
        var images = mlContext.Transforms.LoadImages("Image", imageFolder: null, "ImagePath").Fit(val);
        var scored = model.Detector().Transform(images.Transform(val), scoring);
        return mlContext.MulticlassClassification.EvaluateDetections(scored, new DetectionEvaluationOptions { Definition = DetectionMetricDefinition.Ultralytics });
    }

    private static void Report(string how, DetectionMetrics metrics)
        => Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{how}: mAP50 {metrics.MAP50:F3}, mAP50-95 {metrics.MAP50_95:F3}"));

    private static string Describe(ClassDetectionMetrics one)
        => string.Create(CultureInfo.InvariantCulture, $"{one.ClassName} {one.AveragePrecision50_95:F3}");

    private static (IDataView Train, IDataView Val) Load(MLContext mlContext, string root)
        => Directory.Exists(root)
            ? (mlContext.Data.LoadFromPascalVoc(root, "train"), mlContext.Data.LoadFromPascalVoc(root, "val"))
            : (mlContext.Data.LoadFromYoloDataset(root, "train"), mlContext.Data.LoadFromYoloDataset(root, "val"));

    private static void Set(YoloTrainer.Options options, string argument)
    {
        var at = argument.IndexOf('=', StringComparison.Ordinal);
        if (at < 0)
        {
            options.PretrainedWeights = argument;
            return;
        }

        object owner = options;
        var path = argument[..at].Split('.');
        foreach (var name in path[..^1])
            owner = Property(owner, name).GetValue(owner)!;
        var property = Property(owner, path[^1]);
        var type = Nullable.GetUnderlyingType(property.PropertyType) ?? property.PropertyType;
        var value = argument[(at + 1)..];
        property.SetValue(owner, type == typeof(YoloArchitecture) ? YoloArchitecture.Parse(value)
            : type.IsEnum ? Enum.Parse(type, value) : Convert.ChangeType(value, type, CultureInfo.InvariantCulture));
    }

    private static PropertyInfo Property(object owner, string name)
        => owner.GetType().GetProperty(name) ?? throw new ArgumentException($"{owner.GetType().Name} has no option '{name}'.");

    private sealed class EpochLines : IProgress<TrainingProgress>
    {
        public void Report(TrainingProgress value)
        {
            if (!value.IsEpochEnd)
                return;
            Console.WriteLine(string.Create(CultureInfo.InvariantCulture,
                $"epoch {value.Epoch}/{value.EpochCount}  mAP50 {value.Validation?.MAP50:F3}  mAP50-95 {value.Validation?.MAP50_95:F3}  "
                + $"{value.ImagesPerSecond:F1} images/s  {value.LoaderWaitShare:P1} waiting for data"));
        }
    }
}
