using Microsoft.ML;
using SkiaSharp;

namespace ML.Yolo.Tests.Datasets;

/// <summary>Rows of a loader, and pictures for it to find.</summary>
internal static class LabelledRows
{
    public static List<Row> Of(MLContext mlContext, IDataView data) => [.. mlContext.Data.CreateEnumerable<Row>(data, reuseRowObject: false)];

    /// <summary>The same images by name, the same labels, the same boxes in the same order.</summary>
    public static void AssertEqual(IReadOnlyList<Row> expected, IReadOnlyList<Row> actual, float tolerance = 1e-3f)
    {
        Assert.Equal(expected.Select(row => row.Name), actual.Select(row => row.Name));
        Assert.NotEmpty(expected.SelectMany(row => row.BoundingBoxes));
        foreach (var (wanted, got) in expected.Zip(actual))
        {
            Assert.Equal(wanted.Label, got.Label);
            Assert.Equal(wanted.BoundingBoxes.Length, got.BoundingBoxes.Length);
            Assert.All(wanted.BoundingBoxes.Zip(got.BoundingBoxes), pair => Assert.InRange(pair.Second, pair.First - tolerance, pair.First + tolerance));
        }
    }

    public static void WritePicture(string path, int width = 40, int height = 20)
    {
        using var bitmap = new SKBitmap(width, height);
        using var stream = File.Create(path);
        bitmap.Encode(stream, SKEncodedImageFormat.Png, 100);
    }

    internal sealed class Row
    {
        public string ImagePath { get; set; } = "";

        public string[] Label { get; set; } = [];

        public float[] BoundingBoxes { get; set; } = [];

        public string Name => Path.GetFileName(ImagePath);
    }
}
