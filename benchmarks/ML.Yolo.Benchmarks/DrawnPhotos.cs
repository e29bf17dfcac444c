using System.Runtime.InteropServices;
using SkiaSharp;

namespace ML.Yolo.Benchmarks;

/// <summary>JPEGs in a folder of their own, of the sizes people have and as hard to decode as photos.</summary>
internal sealed class DrawnPhotos : IDisposable
{
    /// <summary>Most about as large as a canvas of 640 pixels, some enlarged, some shrunk.</summary>
    public static readonly (int Width, int Height)[] MixedSizes =
        [(640, 480), (640, 427), (480, 640), (500, 375), (640, 480), (1280, 960), (640, 360), (1920, 1080)];

    /// <summary>The sizes of COCO's photos.</summary>
    public static readonly (int Width, int Height)[] CocoSizes =
        [(640, 480), (640, 427), (480, 640), (500, 375), (640, 480), (640, 426), (427, 640), (640, 360), (612, 612), (640, 424), (640, 480), (375, 500)];

    private readonly string _folder = Directory.CreateTempSubdirectory("ml-yolo-benchmark-").FullName;

    public DrawnPhotos(int count, (int Width, int Height)[] sizes)
    {
        var paths = new string[count];
        Parallel.For(0, count, i => paths[i] = Draw(i, sizes[i % sizes.Length]));
        Paths = paths;
    }

    /// <summary>The files.</summary>
    public string[] Paths { get; }

    /// <inheritdoc/>
    public void Dispose() => Directory.Delete(_folder, recursive: true);

    /// <summary>A picture with edges and noise.</summary>
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
