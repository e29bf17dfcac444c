using System.Globalization;
using SkiaSharp;

namespace Quickstart;

/// <summary>Draws scenes of overlapping, turned, noisy shapes and writes them as a data set in the YOLO format. The same seed draws the same scenes.</summary>
internal static class ShapeScenes
{
    private const int MaxShapes = 5;
    private const double ShareOfEmptyScenes = 0.04;
    private const float MaxHiddenShare = 0.35f;
    private const int PlacementTries = 8;

    /// <summary>Writes images and labels of a train and a val split.</summary>
    /// <param name="folder">Where to; made if absent.</param>
    /// <param name="trainCount">Scenes to learn from.</param>
    /// <param name="valCount">Scenes never learned from.</param>
    /// <param name="size">Side of the square scenes, pixels.</param>
    /// <param name="seed">Decides every scene.</param>
    /// <returns>Path of the data.yaml.</returns>
    public static string Write(string folder, int trainCount, int valCount, int size, int seed)
    {
        var yaml = Path.Combine(folder, "data.yaml");
        WriteSplit(folder, "train", trainCount, size, seed);
        WriteSplit(folder, "val", valCount, size, seed + 1);
        File.WriteAllLines(yaml, ["train: images/train", "val: images/val", $"names: [{string.Join(", ", Shape.Names)}]"]);
        return yaml;
    }

    private static void WriteSplit(string folder, string split, int count, int size, int seed)
    {
        var images = Directory.CreateDirectory(Path.Combine(folder, "images", split)).FullName;
        var labels = Directory.CreateDirectory(Path.Combine(folder, "labels", split)).FullName;
        Parallel.For(0, count, index =>
        {
            var random = new Random((seed * 1_000_003) + index);
            using var scene = Draw(size, random, out var shapes);
            using var png = File.Create(Path.Combine(images, $"scene-{index:D4}.png"));
            scene.Encode(png, SKEncodedImageFormat.Png, quality: 100);
            File.WriteAllLines(Path.Combine(labels, $"scene-{index:D4}.txt"), shapes.Select(shape => LabelLine(shape, size)));
        });
    }

    private static SKBitmap Draw(int size, Random random, out List<Shape> shapes)
    {
        var bitmap = new SKBitmap(size, size, SKColorType.Rgba8888, SKAlphaType.Opaque);
        using var canvas = new SKCanvas(bitmap);
        var background = Background.Paint(canvas, size, random);
        shapes = Place(size, random);
        foreach (var shape in shapes)
            shape.Paint(canvas, Palette.Against(background, random), random);
        Background.AddNoise(bitmap, random);
        return bitmap;
    }

    private static List<Shape> Place(int size, Random random)
    {
        var shapes = new List<Shape>();
        var wanted = random.NextDouble() < ShareOfEmptyScenes ? 0 : random.Next(1, MaxShapes + 1);
        for (var tries = 0; shapes.Count < wanted && tries < wanted * PlacementTries; tries++)
        {
            var shape = Shape.Random(size, random);
            if (shapes.All(other => other.HiddenShare(shape) <= MaxHiddenShare))
                shapes.Add(shape);
            else
                shape.Dispose();
        }

        return shapes;
    }

    private static string LabelLine(Shape shape, int size)
    {
        var box = shape.Box;
        shape.Dispose();
        return string.Create(
            CultureInfo.InvariantCulture, $"{shape.Kind} {box.MidX / size:F6} {box.MidY / size:F6} {box.Width / size:F6} {box.Height / size:F6}");
    }
}
