using Microsoft.ML;
using ML.Yolo.Benchmarks.Reference;

namespace ML.Yolo.Benchmarks;

/// <summary>Training as a user runs it: photos from files, mosaics, steps. YOLOv5n at 320 pixels, batches of 8.</summary>
internal sealed class TrainingBenchmark : IDisposable
{
    private const int ObjectsPerPhoto = 7;

    private readonly DrawnPhotos _photos = new(count: 96, DrawnPhotos.CocoSizes);

    /// <summary>Milliseconds per batch in the last epoch: the first ones run code that is yet to be compiled as what runs often.</summary>
    public double BatchTime()
    {
        var mlContext = new MLContext(seed: 0);
        var random = new Random(0);
        var rows = _photos.Paths.Select(path => new Row
        {
            ImagePath = path,
            Label = [.. Enumerable.Range(0, ObjectsPerPhoto).Select(_ => $"{random.Next(Workload.ClassCount)}")],
            BoundingBoxes = [.. Enumerable.Range(0, ObjectsPerPhoto).SelectMany(_ => Box(random))],
        }).ToList();
        var speed = new LastSpeed();
        var options = new YoloTrainer.Options
        {
            Architecture = Workload.Architecture,
            ImageSize = Workload.ImageSize,
            BatchSize = Workload.BatchSize,
            MaxEpoch = 6,
            Progress = speed,
        };
        using var model = mlContext.Transforms.Conversion.MapValueToKey("Label")
            .Append(mlContext.Transforms.LoadImages("Image", imageFolder: null, nameof(Row.ImagePath)))
            .Append(mlContext.MulticlassClassification.Trainers.Yolo(options))
            .Fit(mlContext.Data.LoadFromEnumerable(rows));
        return 1000 * Workload.BatchSize / speed.ImagesPerSecond;
    }

    /// <inheritdoc/>
    public void Dispose() => _photos.Dispose();

    private static float[] Box(Random random)
    {
        var (x, y) = (random.Next(0, 250), random.Next(0, 250));
        return [x, y, x + random.Next(20, 110), y + random.Next(20, 110)];
    }

    private sealed class LastSpeed : IProgress<TrainingProgress>
    {
        public double ImagesPerSecond { get; private set; }

        public void Report(TrainingProgress value)
        {
            if (value.IsEpochEnd)
                ImagesPerSecond = value.ImagesPerSecond;
        }
    }

    private sealed class Row
    {
        public required string ImagePath { get; set; }

        public required string[] Label { get; set; }

        public required float[] BoundingBoxes { get; set; }
    }
}
