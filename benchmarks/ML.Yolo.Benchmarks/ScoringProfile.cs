using Microsoft.ML;
using Microsoft.ML.Data;
using ML.Yolo.Benchmarks.Reference;
using ML.Yolo.Imaging;
using ML.Yolo.Scoring;
using static TorchSharp.torch;

namespace ML.Yolo.Benchmarks;

/// <summary>Where the time of scoring a folder goes: the parts of <see cref="ScoringBenchmark.Folder"/> one by one, each alone on the machine.</summary>
internal static class ScoringProfile
{
    private const int PhotoCount = 48;
    private const int BatchSize = 8;
    private const int ImageSize = 640;
    private const int Rounds = 3;

    private static readonly NmsOptions Thresholds = new();

    /// <summary>Prints the milliseconds per photo of each part.</summary>
    public static void Print()
    {
        using var photos = new DrawnPhotos(PhotoCount, DrawnPhotos.CocoSizes);
        using var torch = new YoloTransformer(
            YoloNetwork.Create(Workload.Architecture, Workload.ClassCount),
            CPU,
            [.. Enumerable.Range(0, Workload.ClassCount).Select(i => $"{i}")],
            new YoloTrainer.Options());
        using var onnx = torch.ToOnnxRuntime(new MLContext());
        PrintDecoding(photos.Paths);
        var images = Array.ConvertAll(photos.Paths, Prepare);
        PrintTorch((TorchEngine)torch.Engine, images);
        PrintEngine(torch.Engine, images);
        PrintEngine(onnx.Engine, images);
    }

    private static void PrintDecoding(string[] paths)
    {
        Say("reading the file", () => Array.ForEach(paths, path => File.ReadAllBytes(path)));
        Say("checking that it is whole", () => Array.ForEach(paths, path => EncodedImage.Problem(path)));
        Say("decoding", () => Array.ForEach(paths, path => MLImage.CreateFromFile(path).Dispose()));
        var decoded = Array.ConvertAll(paths, MLImage.CreateFromFile);
        Say("resizing", () => Array.ForEach(decoded, image => ResizedImage.From(image, Letterbox.Fit(image, ImageSize))));
        Array.ForEach(decoded, image => image.Dispose());
    }

    private static LetterboxedImage Prepare(string path)
    {
        using var image = MLImage.CreateFromFile(path);
        var letterbox = Letterbox.Fit(image, ImageSize);
        return new LetterboxedImage(ResizedImage.From(image, letterbox), letterbox.Tight(32, isSpared: true));
    }

    private static void PrintTorch(TorchEngine engine, LetterboxedImage[] images)
    {
        using var scope = NewDisposeScope();
        using var noGradient = inference_mode();
        var pixels = Array.ConvertAll(images, image => ImageBatch.Assemble([image], image.Letterbox.CanvasWidth, image.Letterbox.CanvasHeight));
        var inputs = Array.ConvertAll(pixels, one => ImageBatch.ToInput(one, CPU));
        var maps = Array.ConvertAll(inputs, engine.Run);
        Say("LibTorch: bytes to floats", () => Each(pixels, one => ImageBatch.ToInput(one, CPU)));
        Say("LibTorch: network", () => Each(inputs, input => engine.Run(input)));
        Say("LibTorch: what is likely", () => Each(maps, one => engine.Decoder.DecodeLikely(one, Thresholds.ScoreThreshold)));
    }

    private static void PrintEngine(IDetectionEngine engine, LetterboxedImage[] images)
    {
        Say($"{engine.Kind}: on one thread", () => Each(images, image => engine.DetectInLane([image], Thresholds)));
        Say($"{engine.Kind}: on all", () => Each(images, image => engine.Detect([image], Thresholds)));
        Say($"{engine.Kind}: side by side", () => Each([.. images.Chunk(BatchSize)], part => ScoringCanvases.Detect(
            ScoringCanvases.Lay(part, ScoringCanvas.Tight, maxStride: 32, showsBorders: true, engine.PixelsAtOnce, engine.Lanes), engine, Thresholds)));
    }

    private static void Each<T>(T[] items, Action<T> action)
    {
        foreach (var item in items)
        {
            using var scope = NewDisposeScope();
            action(item);
        }
    }

    private static void Say(string part, Action action)
        => Console.WriteLine(FormattableString.Invariant($"{part,-28} {Timing.Median(action, Rounds, warmupRounds: 1) / PhotoCount,8:F2} ms"));
}
