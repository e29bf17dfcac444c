using Microsoft.ML;
using Microsoft.ML.Data;
using Microsoft.ML.Transforms.Image;
using SkiaSharp;

namespace ML.Yolo.Tests;

/// <summary>Tiny pictures of red and blue squares on gray, in sizes of all sorts, and what is on them.</summary>
internal static class SquareImages
{
    private static readonly (int Width, int Height)[] Sizes = [(64, 64), (96, 48), (40, 80), (128, 128), (33, 47)];

    /// <summary>Rows of which the first has no object, the others one to three.</summary>
    public static IReadOnlyList<Row> Draw(int count, int seed = 1)
    {
        var random = new Random(seed);
        return [.. Enumerable.Range(0, count).Select(i => Draw(Sizes[i % Sizes.Length], i == 0 ? 0 : random.Next(1, 4), random))];
    }

    /// <summary>The rows with their labels as keys, red and blue.</summary>
    public static IDataView AsView(MLContext mlContext, IReadOnlyList<Row> rows) => Keys(mlContext, mlContext.Data.LoadFromEnumerable(rows));

    /// <summary>Turns the text column Label into keys of red and blue.</summary>
    public static IDataView Keys(MLContext mlContext, IDataView data)
    {
        var names = mlContext.Data.LoadFromEnumerable([new { Name = "red" }, new { Name = "blue" }]);
        return mlContext.Transforms.Conversion.MapValueToKey("Label", keyData: names).Fit(data).Transform(data);
    }

    private static Row Draw((int Width, int Height) size, int objects, Random random)
    {
        using var bitmap = new SKBitmap(size.Width, size.Height, SKColorType.Bgra8888, SKAlphaType.Opaque);
        using var canvas = new SKCanvas(bitmap);
        canvas.Clear(SKColors.Gray);
        var (labels, boxes) = (new List<string>(), new List<float>());
        for (var i = 0; i < objects; i++)
        {
            var side = random.Next(10, 24);
            var (left, top) = (random.Next(0, size.Width - side), random.Next(0, size.Height - side));
            var isRed = random.Next(2) == 0;
            using var paint = new SKPaint { Color = isRed ? SKColors.Red : SKColors.Blue };
            canvas.DrawRect(left, top, side, side, paint);
            labels.Add(isRed ? "red" : "blue");
            boxes.AddRange([left, top, left + side, top + side]);
        }

        return new Row { Image = MLImage.CreateFromPixels(size.Width, size.Height, MLPixelFormat.Bgra32, bitmap.Bytes), Label = [.. labels], BoundingBoxes = [.. boxes] };
    }

    internal sealed class Row
    {
        [ImageType(64, 64)]
        public MLImage Image { get; set; } = null!;

        public string[] Label { get; set; } = [];

        public float[] BoundingBoxes { get; set; } = [];
    }
}
