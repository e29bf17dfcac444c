using System.Globalization;
using Microsoft.ML;

namespace ML.Yolo.Benchmarks;

/// <summary>A whole training with the defaults on a set in Pascal VOC's layout, measured as the reference measures: what docs/training.md compares.</summary>
internal static class AccuracyRun
{
    /// <summary>Trains YOLOv5n at 320 pixels on the train split, and prints what it reaches on the val split.</summary>
    /// <param name="root">The set.</param>
    /// <param name="epochs">Passes over it.</param>
    /// <param name="seed">Seed of the run.</param>
    /// <param name="weights">Weights to begin with; null trains from scratch.</param>
    public static void Measure(string root, int epochs, int seed, string? weights)
    {
        var mlContext = new MLContext(seed);
        var (train, val) = (mlContext.Data.LoadFromPascalVoc(root, "train"), mlContext.Data.LoadFromPascalVoc(root, "val"));
        var keys = mlContext.Transforms.Conversion.MapValueToKey("Label").Fit(train);
        var images = mlContext.Transforms.LoadImages("Image", imageFolder: null, "ImagePath");
        var options = new YoloTrainer.Options
        {
            ImageSize = 320,
            MaxEpoch = epochs,
            PretrainedWeights = weights,
            ValidationSet = images.Fit(val).Transform(keys.Transform(val)),
            Progress = new EpochLines(),
        };
        using var model = images.Append(mlContext.MulticlassClassification.Trainers.Yolo(options)).Fit(keys.Transform(train));

        var metrics = mlContext.MulticlassClassification.EvaluateDetections(model, val, definition: DetectionMetricDefinition.Ultralytics);
        var history = model.LastTransformer.History!.Epochs;
        var classes = string.Join(", ", metrics.PerClass.Select(one => string.Create(CultureInfo.InvariantCulture, $"{one.ClassName} {one.AveragePrecision50_95:F3}")));
        Console.WriteLine(string.Create(CultureInfo.InvariantCulture,
            $"{epochs} epochs, seed {seed}: mAP50 {metrics.MAP50:F3}, mAP50-95 {metrics.MAP50_95:F3} ({classes}); {history[^1].Elapsed.TotalMinutes:F1} min, {history.Average(epoch => epoch.ImagesPerSecond):F1} images/s"));
    }

    private sealed class EpochLines : IProgress<TrainingProgress>
    {
        public void Report(TrainingProgress value)
        {
            if (value.IsEpochEnd)
                Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"epoch {value.Epoch}/{value.EpochCount}  mAP50 {value.Validation?.MAP50:F3}  mAP50-95 {value.Validation?.MAP50_95:F3}  {value.ImagesPerSecond:F1} images/s  {value.LoaderWaitShare:P1} waiting for data"));
        }
    }
}
