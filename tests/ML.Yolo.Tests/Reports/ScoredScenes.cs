using Microsoft.ML;
using Microsoft.ML.Data;
using Microsoft.ML.Transforms.Image;
using SkiaSharp;

namespace ML.Yolo.Tests.Reports;

/// <summary>Images of coloured blocks with a ground truth and predictions made by hand: one found whole, one with a miss and a false alarm, one with a confusion, and an empty one.</summary>
internal static class ScoredScenes
{
    public static IReadOnlyList<Row> Rows() =>
    [
        Scene("good.png", ["cat", "dog"], [20, 20, 80, 80, 120, 40, 180, 140], ["cat", "dog"], [21, 20, 80, 81, 120, 41, 181, 140], [0.95f, 0.9f]),
        Scene("bad <&> image.png", ["cat", "dog"], [20, 20, 80, 80, 120, 40, 180, 140], ["cat"], [10, 110, 60, 145], [0.85f]),
        Scene("confused.png", ["cat"], [40, 40, 120, 120], ["dog"], [40, 42, 121, 120], [0.8f]),
        Scene("empty.png", [], [], [], [], []),
    ];

    public static IDataView View(MLContext mlContext) => mlContext.Data.LoadFromEnumerable(Rows());

    private static Row Scene(string name, string[] labels, float[] boxes, string[] predicted, float[] predictedBoxes, float[] scores)
    {
        using var bitmap = new SKBitmap(200, 150, SKColorType.Bgra8888, SKAlphaType.Opaque);
        using var canvas = new SKCanvas(bitmap);
        canvas.Clear(new SKColor(90, 110, 90));
        for (var i = 0; i < labels.Length; i++)
        {
            using var paint = new SKPaint { Color = labels[i] == "cat" ? SKColors.SaddleBrown : SKColors.Beige };
            canvas.DrawRect(new SKRect(boxes[4 * i], boxes[(4 * i) + 1], boxes[(4 * i) + 2], boxes[(4 * i) + 3]), paint);
        }

        return new Row
        {
            ImagePath = name,
            Image = MLImage.CreateFromPixels(200, 150, MLPixelFormat.Bgra32, bitmap.Bytes),
            Label = labels,
            BoundingBoxes = boxes,
            PredictedLabel = predicted,
            PredictedBoundingBoxes = predictedBoxes,
            Score = scores,
        };
    }

    internal sealed class Row
    {
        public string ImagePath { get; set; } = "";

        [ImageType(150, 200)]
        public MLImage Image { get; set; } = null!;

        public string[] Label { get; set; } = [];

        public float[] BoundingBoxes { get; set; } = [];

        public string[] PredictedLabel { get; set; } = [];

        public float[] PredictedBoundingBoxes { get; set; } = [];

        public float[] Score { get; set; } = [];
    }
}
