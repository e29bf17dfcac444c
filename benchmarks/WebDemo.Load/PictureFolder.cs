using SkiaSharp;

namespace WebDemo.Load;

/// <summary>JPEGs of photos' usual size, drawn from a seed, as files and as bytes.</summary>
internal sealed class PictureFolder : IDisposable
{
    private const int Width = 640;
    private const int Height = 480;

    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("ml-yolo-load-");

    public PictureFolder(int count)
    {
        Uploads = [.. Enumerable.Range(0, count).Select(Draw)];
        Paths = [.. Uploads.Select((bytes, i) => Write(bytes, i))];
    }

    public IReadOnlyList<byte[]> Uploads { get; }

    public IReadOnlyList<string> Paths { get; }

    public void Dispose() => _folder.Delete(recursive: true);

    private static byte[] Draw(int seed)
    {
        var random = new Random(seed);
        using var bitmap = new SKBitmap(Width, Height);
        using var canvas = new SKCanvas(bitmap);
        canvas.Clear(new SKColor((uint)random.Next()).WithAlpha(255));
        for (var i = 0; i < 60; i++)
        {
            using var paint = new SKPaint { Color = new SKColor((uint)random.Next()).WithAlpha(200), IsAntialias = true };
            canvas.DrawOval(random.Next(Width), random.Next(Height), random.Next(8, 90), random.Next(8, 90), paint);
        }

        using var data = bitmap.Encode(SKEncodedImageFormat.Jpeg, 90);
        return data.ToArray();
    }

    private string Write(byte[] bytes, int index)
    {
        var path = Path.Combine(_folder.FullName, $"{index}.jpg");
        File.WriteAllBytes(path, bytes);
        return path;
    }
}
