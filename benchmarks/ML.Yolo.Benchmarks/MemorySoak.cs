using Microsoft.ML;
using ML.Yolo.Benchmarks.Reference;
using static TorchSharp.torch;

namespace ML.Yolo.Benchmarks;

/// <summary>Whether memory stays flat over many images of varied sizes, each on a canvas of its own, with either engine.</summary>
internal static class MemorySoak
{
    private const int ImageCount = 10_000;
    private const int PhotoCount = 200;
    private const int ReadEvery = 500;
    private const int Readings = 10;
    private const double MaxGrowth = 1.05;
    private const long Megabyte = 1 << 20;

    /// <summary>Scores, and prints what the process holds.</summary>
    /// <returns>What the program ends with: 1 where memory grew by more than a twentieth after the first images.</returns>
    public static int Run()
    {
        var context = new MLContext();
        var random = new Random(0);
        using var photos = new DrawnPhotos(PhotoCount, [.. Enumerable.Range(0, PhotoCount).Select(_ => (random.Next(32, 1000), random.Next(32, 1000)))]);
        using var torch = new YoloTransformer(
            YoloNetwork.Create(Workload.Architecture, Workload.ClassCount),
            CPU,
            [.. Enumerable.Range(0, Workload.ClassCount).Select(i => $"{i}")],
            new YoloTrainer.Options { ImageSize = Workload.ImageSize });
        using var onnx = torch.ToOnnxRuntime(context);
        return IsFlat(torch, photos.Paths) & IsFlat(onnx, photos.Paths) ? 0 : 1;
    }

    private static bool IsFlat(YoloTransformer model, string[] paths)
    {
        using var detector = new YoloDetector(model);
        var random = new Random(0);
        var (readings, count) = (new List<long>(), 0);
        foreach (var found in detector.DetectMany(Enumerable.Range(0, ImageCount).Select(_ => paths[random.Next(paths.Length)])))
        {
            GC.KeepAlive(found);
            if (++count % ReadEvery != 0)
                continue;
            readings.Add(Held());
            Console.WriteLine($"{model.ScoringEngine}: {readings[^1] / Megabyte} MB after {count} images");
        }

        // Memory breathes by some percent from one reading to the next; what grows shows between the means.
        var growth = readings.TakeLast(Readings).Average() / readings.Take(Readings).Average();
        Console.WriteLine(FormattableString.Invariant($"{model.ScoringEngine}: the last {Readings} readings by the first {growth:F3}"));
        return growth <= MaxGrowth;
    }

    private static long Held()
    {
        GC.Collect();
        GC.WaitForPendingFinalizers();
        GC.Collect();
        return Environment.WorkingSet;
    }
}
