using System.Globalization;
using Microsoft.ML;
using Microsoft.ML.Data;
using ML.Yolo.Imaging;
using ML.Yolo.Samples;
using ML.Yolo.Tests.Datasets;
using SkiaSharp;

namespace ML.Yolo.Tests.Imaging;

/// <summary>Photos with an EXIF orientation: labels mean the upright picture, columns the stored one, and the network sees the upright one.</summary>
public sealed class OrientationTests : IDisposable
{
    private readonly MLContext _mlContext = new();
    private readonly TemporaryFolder _folder = new();

    public static TheoryData<int> Orientations => [1, 2, 3, 4, 5, 6, 7, 8];

    public void Dispose() => _folder.Dispose();

    [Theory]
    [MemberData(nameof(Orientations))]
    public void ToStored_OfToUpright_IsWhereItBegan(int orientation)
    {
        var frame = new ImageFrame(30, 20, (SKEncodedOrigin)orientation);
        var box = new Box(1, 2, 10, 15);

        Assert.Equal(box, frame.ToStored(frame.ToUpright(box)));
    }

    [Theory]
    [MemberData(nameof(Orientations))]
    public void LoadFromYoloDataset_LabelOfTheUprightPicture_BecomesABoxOfTheStoredOne(int orientation)
    {
        WriteSet(orientation);

        var row = Assert.Single(LabelledRows.Of(_mlContext, _mlContext.Data.LoadFromYoloDataset(_folder.Path)));

        Assert.Equal([0, 0, ExifJpeg.Square, ExifJpeg.Square], row.BoundingBoxes);
    }

    [Theory]
    [MemberData(nameof(Orientations))]
    public void Read_TurnedPhoto_HasUprightPixelsUnderUprightBoxes(int orientation)
    {
        WriteSet(orientation);
        var (width, height) = ExifJpeg.UprightSize(orientation);

        using var set = ReadSet(ImageCaching.MemoryThenDisk);

        var sample = Assert.Single(set.Samples);
        var (image, letterbox) = set.Image(sample);
        Assert.Equal((width, height), (letterbox.Width, letterbox.Height));
        Assert.Equal([ToBox(ExifJpeg.UprightSquare(orientation))], sample.Boxes);
        AssertRed(image, letterbox, sample.Boxes[0]);
    }

    [Theory]
    [MemberData(nameof(Orientations))]
    public void Read_CachingOff_DecodesTheSamePixelsAgain(int orientation)
    {
        WriteSet(orientation);
        using var cached = ReadSet(ImageCaching.MemoryThenDisk);

        using var decoded = ReadSet(ImageCaching.Off);

        Assert.Equal(cached.Image(cached.Samples[0]).Image.Pixels, decoded.Image(decoded.Samples[0]).Image.Pixels);
    }

    [Theory]
    [MemberData(nameof(Orientations))]
    public void ToStored_OfABoxOnTheCanvas_IsInPixelsOfTheImageColumn(int orientation)
    {
        ExifJpeg.Write(_folder.File("x.jpg"), orientation);
        using var image = LoadImage(_folder.File("x.jpg"));
        var letterbox = Letterbox.Fit(image, 64);
        var placed = letterbox.ToCanvas(ToBox(ExifJpeg.UprightSquare(orientation)));

        Assert.Equal(new Box(0, 0, ExifJpeg.Square, ExifJpeg.Square), letterbox.ToStored(placed.X0, placed.Y0, placed.X1, placed.Y1));
    }

    [Fact]
    public void SaveAsYoloDatasetAndCoco_TurnedPhoto_KeepTheBoxes()
    {
        WriteSet(6);
        var data = _mlContext.Data.LoadFromYoloDataset(_folder.Path);

        _mlContext.Data.SaveAsYoloDataset(data, _folder.File("yolo"));
        _mlContext.Data.SaveAsCoco(data, _folder.File("coco.json"), _folder.Path);

        Assert.Equal("0 0.75 0.125 0.5 0.25\n", File.ReadAllText(_folder.File("yolo", "labels", "train", "x.txt")));
        Assert.Contains("\"width\":16,\"height\":32", File.ReadAllText(_folder.File("coco.json")), StringComparison.Ordinal);
        var coco = _mlContext.Data.LoadFromCoco(_folder.File("coco.json"), _folder.Path);
        LabelledRows.AssertEqual(LabelledRows.Of(_mlContext, data), LabelledRows.Of(_mlContext, coco));
    }

    [Fact]
    public void LoadFromCoco_DeclaredSizeIsTheStoredOne_TakesTheBoxesAsTheyAre()
    {
        ExifJpeg.Write(_folder.File("x.jpg"), 6);
        File.WriteAllText(
            _folder.File("set.json"),
            """
            {"images": [{"id": 1, "file_name": "x.jpg", "width": 32, "height": 16}],
            "annotations": [{"image_id": 1, "category_id": 1, "bbox": [1, 2, 3, 4]}], "categories": [{"id": 1, "name": "a"}]}
            """);
        var data = _mlContext.Data.LoadFromCoco(_folder.File("set.json"), _folder.Path);

        Assert.Equal([1, 2, 4, 6], Assert.Single(LabelledRows.Of(_mlContext, data)).BoundingBoxes);
    }

    [SharedFact]
    public void From_SharedPhotoOfOrientation6_ShowsTheRedSquareAtTheTopRight()
    {
        using var image = LoadImage(SharedFolder.Path("data", "broken", "images", "exif-orientation-6.jpg"));
        var letterbox = Letterbox.Fit(image, 128);

        Assert.Equal((96, 128), (letterbox.Width, letterbox.Height));
        AssertRed(ResizedImage.From(image, letterbox), letterbox, new Box(72, 0, 96, 24));
    }

    private static Box ToBox(float[] corners) => new(corners[0], corners[1], corners[2], corners[3]);

    private static void AssertRed(ResizedImage image, Letterbox letterbox, Box box)
    {
        var (x, y) = letterbox.ToCanvas((box.X0 + box.X1) / 2, (box.Y0 + box.Y1) / 2);
        var pixel = image.Pixels.AsSpan((((int)y - letterbox.Top) * image.Width * 4) + (((int)x - letterbox.Left) * 4), 3);
        Assert.True(pixel[0] > 200 && pixel[1] < 60 && pixel[2] < 60, $"the middle of the square is {pixel[0]}, {pixel[1]}, {pixel[2]}");
    }

    /// <summary>As <c>LoadImages</c> does.</summary>
    private static MLImage LoadImage(string path)
    {
        var image = MLImage.CreateFromFile(path);
        image.Tag = path;
        return image;
    }

    private void WriteSet(int orientation)
    {
        var (square, (width, height)) = (ExifJpeg.UprightSquare(orientation), ExifJpeg.UprightSize(orientation));
        ExifJpeg.Write(_folder.File("images", "x.jpg"), orientation);
        var centre = string.Create(CultureInfo.InvariantCulture, $"{(square[0] + square[2]) / 2 / width} {(square[1] + square[3]) / 2 / height}");
        var size = string.Create(CultureInfo.InvariantCulture, $"{(square[2] - square[0]) / width} {(square[3] - square[1]) / height}");
        File.WriteAllText(_folder.File("labels", "x.txt"), $"0 {centre} {size}\n");
        File.WriteAllText(_folder.File("data.yaml"), "names: [a]\ntrain: images");
    }

    private TrainingSet ReadSet(ImageCaching caching)
    {
        var data = _mlContext.Data.LoadFromYoloDataset(_folder.Path);
        var rows = SampleReading.Prepare(_mlContext, data);
        return SampleReading.Reader(["a"], caching).Read(rows, SampleReading.Cache());
    }
}
