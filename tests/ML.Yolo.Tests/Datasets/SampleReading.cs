using Microsoft.ML;
using ML.Yolo.Columns;
using ML.Yolo.Imaging;
using ML.Yolo.Samples;

namespace ML.Yolo.Tests.Datasets;

/// <summary>Readers of training samples with the default columns, on a canvas of 64 pixels.</summary>
internal static class SampleReading
{
    /// <summary>The rows of a loader as the trainer takes them: labels as keys, images read.</summary>
    public static IDataView Prepare(MLContext mlContext, IDataView data)
        => mlContext.Transforms.Conversion.MapValueToKey("Label").Append(mlContext.Transforms.LoadImages("Image", "", "ImagePath")).Fit(data).Transform(data);

    /// <summary>A cache with so much memory; what exceeds it goes to disk.</summary>
    public static ImageCache Cache(int bytes = 1 << 20) => new(new MemoryBudget(bytes));

    public static TrainingSetReader Reader(
        IReadOnlyList<string> classNames, ImageCaching caching = ImageCaching.MemoryThenDisk, BadSampleHandling badSampleHandling = BadSampleHandling.Throw)
    {
        var columns = new DetectionColumnNames("Image", "Label", "BoundingBoxes", "PredictedLabel", "PredictedBoundingBoxes", "Score");
        return new TrainingSetReader(new SampleReadingSettings(columns, ImageSize: 64, caching, badSampleHandling), classNames, "training data", () => { });
    }
}
