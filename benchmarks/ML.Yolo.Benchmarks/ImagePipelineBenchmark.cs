using System.Runtime.InteropServices;
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

    private static readonly (int Width, int Height)[] Sizes = [(640, 480), (640, 427), (480, 640), (500, 375), (640, 480), (1280, 960), (640, 360), (1920, 1080)];

    private readonly string _folder = Directory.CreateTempSubdirectory("ml-yolo-benchmark-").FullName;
    private readonly string[] _paths;
    private readonly int _threads = get_num_threads();

    public ImagePipelineBenchmark()
    {
        set_num_threads(1);
        _paths = [.. Enumerable.Range(0, 2 * Sizes.Length).Select(i => Draw(i, Sizes[i % Sizes.Length]))];
    }

    internal static Ratio AgainstSkiaSharp => new("image-pipeline", "decode, letterbox and batch 16 JPEGs at 640 px on one thread / the same in a plain SkiaSharp loop; at most 1", () =>
    {
        using var benchmark = new ImagePipelineBenchmark();
        return Timing.Quotient(benchmark.Ours, benchmark.SkiaSharp);
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
        Directory.Delete(_folder, recursive: true);
        GC.SuppressFinalize(this);
    }

    /// <summary>A picture with edges and noise, as hard to decode as a photo.</summary>
    private string Draw(int index, (int Width, int Height) size)
    {
        var random = new Random(index);
        using var bitmap = new SKBitmap(size.Width, size.Height, SKColorType.Rgba8888, SKAlphaType.Opaque);
        using (var canvas = new SKCanvas(bitmap))
        {
            canvas.Clear(SKColors.SteelBlue);
            for (var i = 0; i < 60; i++)
            {
                using var paint = new SKPaint { Color = new SKColor((uint)random.Next()).WithAlpha(255) };
                canvas.DrawCircle(random.Next(size.Width), random.Next(size.Height), random.Next(5, size.Width / 6), paint);
            }
        }

        var pixels = MemoryMarshal.CreateSpan(ref MemoryMarshal.GetReference(bitmap.GetPixelSpan()), bitmap.ByteCount);
        for (var i = 0; i < pixels.Length; i++)
            pixels[i] = (byte)Math.Clamp(pixels[i] + random.Next(-6, 7), 0, 255);
        var path = Path.Combine(_folder, $"{index}.jpg");
        using var stream = File.Create(path);
        bitmap.Encode(stream, SKEncodedImageFormat.Jpeg, 90);
        return path;
    }
}
