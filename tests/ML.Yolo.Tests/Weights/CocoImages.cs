using Microsoft.ML;

namespace ML.Yolo.Tests.Weights;

/// <summary>The 128 images of COCO in the shared folder, read by the library's own loader.</summary>
internal static class CocoImages
{
    /// <summary>The 80 names, by index.</summary>
    public static string[] ClassNames { get; } =
        [.. File.ReadLines(SharedFolder.Path("data", "coco128", "data.yaml")).SkipWhile(line => line != "names:").Skip(1).Select(line => line[(line.IndexOf(':', StringComparison.Ordinal) + 1)..].Trim())];

    public static IEnumerable<Row> Read()
    {
        var mlContext = new MLContext();
        return mlContext.Data.CreateEnumerable<Row>(mlContext.Data.LoadFromYoloDataset(SharedFolder.Path("data", "coco128")), reuseRowObject: false);
    }

    public class Row
    {
        public string ImagePath { get; set; } = "";

        public string[] Label { get; set; } = [];

        public float[] BoundingBoxes { get; set; } = [];
    }

    public sealed class Scored : Row
    {
        public uint[] PredictedLabel { get; set; } = [];

        public float[] PredictedBoundingBoxes { get; set; } = [];

        public float[] Score { get; set; } = [];
    }
}
