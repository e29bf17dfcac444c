using System.Text.Json;
using ML.Yolo.Abuse.Fuzzing.Mutations;
using ML.Yolo.Tests.Imaging;
using ML.Yolo.Tests.Networks;
using ML.Yolo.Tests.Onnx;
using SkiaSharp;

namespace ML.Yolo.Abuse.Fuzzing.Targets;

/// <summary>Encoded images, as a server gets them, and what was found in them as JSON.</summary>
internal static class ImageTargets
{
    private const int TileSize = 32;

    public static FuzzTarget Detect(string folder)
    {
        var detector = new YoloDetector(RandomDetector.Create(SmallArchitecture.EveryBlock, imageSize: 64), ownsModel: true);
        return Target(folder, input => Finite.Check(detector.Detect(input)));
    }

    /// <summary>By path, and in tiles where that is soon done.</summary>
    public static FuzzTarget Tiles(string folder)
    {
        var detector = new YoloDetector(RandomDetector.Create(SmallArchitecture.EveryBlock, imageSize: 64), ownsModel: true);
        var path = Path.Combine(folder, "picture");
        return Target(folder, input =>
        {
            File.WriteAllBytes(path, input);
            var whole = detector.Detect(path);
            Finite.Check(whole);
            if (whole.Width <= 4 * TileSize && whole.Height <= 4 * TileSize)
                Finite.Check(detector.DetectTiled(path, TileSize));
        });
    }

    public static FuzzTarget DetectionsJson(string folder) => new()
    {
        Name = Path.GetFileName(folder),
        Seeds =
        [
            """
            {"Source":"a.png","Width":40,"Height":20,"Orientation":6,"Objects":[
            {"Label":"a","ClassIndex":0,"Score":0.5,"Box":{"X0":1,"Y0":2,"X1":3,"Y1":4}}]}
            """u8.ToArray(),
        ],
        Mutations = [JsonMutations.Change, TextMutations.Change],
        Documented = [typeof(JsonException)],
        Read = input =>
        {
            if (JsonSerializer.Deserialize<ImageDetections>(input) is { } detections)
                Finite.Check(detections);
        },
    };

    private static FuzzTarget Target(string folder, Action<byte[]> read) => new()
    {
        Name = Path.GetFileName(folder),
        Seeds = [.. Pictures(folder), .. SharedSeeds.Of("cases", "*.jpg"), .. SharedSeeds.Of("cases", "*.png"), .. SharedSeeds.Of("data/broken", "*.jpg")],
        Mutations = [],
        Documented = [typeof(FormatException), typeof(IOException)],
        Read = read,
    };

    private static IEnumerable<byte[]> Pictures(string folder)
    {
        using var bitmap = new SKBitmap(40, 20);
        bitmap.Erase(SKColors.Orange);
        foreach (var format in new[] { SKEncodedImageFormat.Png, SKEncodedImageFormat.Jpeg, SKEncodedImageFormat.Webp })
        {
            using var data = bitmap.Encode(format, 90);
            yield return data.ToArray();
        }

        ExifJpeg.Write(Path.Combine(folder, "turned.jpg"), orientation: 6);
        yield return File.ReadAllBytes(Path.Combine(folder, "turned.jpg"));
        yield return Bmp();
        yield return Convert.FromBase64String("R0lGODlhAQABAIAAAP8AAP///yH5BAAAAAAALAAAAAABAAEAAAICRAEAOw==");
    }

    /// <summary>Two by two pixels of 24 bits.</summary>
    private static byte[] Bmp() =>
    [
        .. "BM"u8, 70, 0, 0, 0, 0, 0, 0, 0, 54, 0, 0, 0, 40, 0, 0, 0, 2, 0, 0, 0, 2, 0, 0, 0, 1, 0, 24, 0, 0, 0, 0, 0, 16, 0, 0, 0, 0, 0,
        0, 0, 0, 0, 0, 0, 0, 0,
        0, 0, 0, 0, 0, 0, 0, 255, 0, 0, 0, 255, 0, 0, 0, 0, 0, 255, 255, 255, 255, 0, 0,
    ];
}
