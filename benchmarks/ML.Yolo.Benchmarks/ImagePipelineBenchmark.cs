using BenchmarkDotNet.Attributes;
using Microsoft.ML.Data;
using ML.Yolo.Imaging;
using SkiaSharp;
using static TorchSharp.torch;

namespace ML.Yolo.Benchmarks;

/// <summary>From files to the network's input at 640 pixels on one thread: ours against the same steps written straight down with SkiaSharp.</summary>
/// <remarks>Sixteen JPEGs of the sizes people have: most about as large as the canvas, some enlarged, some shrunk.</remarks>
public class ImagePipelineBenchmark : IDisposable
{
    private const int ImageSize = 640;

    private readonly DrawnPhotos _photos = new(16, DrawnPhotos.MixedSizes);
    private readonly string[] _paths;
    private readonly int _threads = get_num_threads();

    public ImagePipelineBenchmark()
    {
        set_num_threads(1);
        _paths = _photos.Paths;
    }

    internal static Ratio AgainstSkiaSharp => new("image-pipeline", "decode, letterbox and batch 16 JPEGs at 640 px on one thread / the same in a plain SkiaSharp loop", 1, () =>
    {
        using var benchmark = new ImagePipelineBenchmark();
        return Timing.Compare(benchmark.Ours, benchmark.SkiaSharp);
    });

    [Benchmark]
    public void Ours()
    {
        using var scope = NewDisposeScope();
        var images = Array.ConvertAll(_paths, path =>
        {
            using var image = MLImage.CreateFromFile(path);
            image.Tag = path;                                                             // as LoadImages does: the file is asked for its orientation
            var letterbox = Letterbox.Fit(image, ImageSize);
            return new LetterboxedImage(ResizedImage.From(image, letterbox), letterbox);
        });
        ImageBatch.ToInput(ImageBatch.Assemble(images, ImageSize, ImageSize), CPU);
    }

    [Benchmark(Baseline = true)]
    public void SkiaSharp()
    {
        using var scope = NewDisposeScope();
        var batch = zeros(_paths.Length, ImageSize, ImageSize, 4, ScalarType.Byte);
        using var canvasBitmap = new SKBitmap(ImageSize, ImageSize, SKColorType.Rgba8888, SKAlphaType.Opaque);
        using var canvas = new SKCanvas(canvasBitmap);
        using var paint = new SKPaint { FilterQuality = SKFilterQuality.Medium };
        for (var i = 0; i < _paths.Length; i++)
        {
            using var image = SKBitmap.Decode(_paths[i]);
            var scale = Math.Min((float)ImageSize / image.Width, (float)ImageSize / image.Height);
            var (width, height) = (MathF.Round(image.Width * scale), MathF.Round(image.Height * scale));
            canvas.Clear(new SKColor(Letterbox.Gray, Letterbox.Gray, Letterbox.Gray));
            canvas.DrawBitmap(image, SKRect.Create(MathF.Floor((ImageSize - width) / 2), MathF.Floor((ImageSize - height) / 2), width, height), paint);
            canvasBitmap.GetPixelSpan().CopyTo(batch.bytes.Slice(i * canvasBitmap.ByteCount, canvasBitmap.ByteCount));
        }

        batch.narrow(3, 0, 3).permute(0, 3, 1, 2).to(ScalarType.Float32).div(255);
    }

    /// <inheritdoc/>
    [GlobalCleanup]
    public void Dispose()
    {
        set_num_threads(_threads);
        _photos.Dispose();
        GC.SuppressFinalize(this);
    }
}
