using ML.Yolo.Imaging;
using ML.Yolo.Samples;
using ML.Yolo.Training.Augmentation;
using SkiaSharp;

namespace ML.Yolo.Tests.Training;

/// <summary>Training sets of white squares on black, one an image: where a square is can be measured to the pixel.</summary>
internal static class SquareSet
{
    public static TrainingSet Draw(int canvasSize, params (int Width, int Height, SceneBox Square)[] images)
    {
        var (cache, samples) = (new ImageCache(new MemoryBudget(1 << 20)), new List<TrainingSample>());
        foreach (var (width, height, (label, box)) in images)
        {
            using var bitmap = new SKBitmap(new SKImageInfo(width, height, SKColorType.Rgba8888, SKAlphaType.Opaque));
            using var canvas = new SKCanvas(bitmap);
            using var white = new SKPaint { Color = SKColors.White };
            canvas.Clear(SKColors.Black);
            canvas.DrawRect(new SKRect(box.X0, box.Y0, box.X1, box.Y1), white);
            var index = cache.Add(new ResizedImage(width, height, bitmap.Bytes));
            samples.Add(new TrainingSample(index, Letterbox.Fit(width, height, canvasSize, canvasSize), [label], [box]));
        }

        return new TrainingSet(samples, cache);
    }
}
