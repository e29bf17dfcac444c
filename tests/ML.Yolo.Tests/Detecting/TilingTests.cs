using Microsoft.ML.Data;
using ML.Yolo.Imaging;
using ML.Yolo.Scoring;
using ML.Yolo.Tests.Imaging;
using ML.Yolo.Tests.Scoring;

namespace ML.Yolo.Tests.Detecting;

/// <summary>Big images tile by tile: tiles cover the image, objects are found once, and boxes stand where the objects are.</summary>
public sealed class TilingTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Theory]
    [InlineData(1000, 700, 320, 0.2f)]
    [InlineData(321, 320, 320, 0f)]
    [InlineData(64, 2000, 100, 0.9f)]
    public void Tiles_OfAnySize_CoverEveryPixelAndStayInside(int width, int height, int tileSize, float overlap)
    {
        var covered = new bool[width * height];
        foreach (var tile in new TileGrid(width, height, tileSize, overlap).Tiles)
        {
            Assert.True(tile.Left >= 0 && tile.Top >= 0 && tile.Left + tile.Width <= width && tile.Top + tile.Height <= height);
            for (var y = tile.Top; y < tile.Top + tile.Height; y++)
                covered.AsSpan((y * width) + tile.Left, tile.Width).Fill(true);
        }

        Assert.DoesNotContain(false, covered);
    }

    [Theory]
    [InlineData(31, 0.2f, "tileSize")]
    [InlineData(64, 1f, "overlap")]
    [InlineData(64, float.NaN, "overlap")]
    public void Tiles_OptionOutOfRange_IsNamed(int tileSize, float overlap, string option)
        => Assert.Equal(option, Assert.Throws<ArgumentOutOfRangeException>(() => new TileGrid(100, 100, tileSize, overlap)).ParamName);

    [Fact]
    public void DetectTiled_ImageOfOneTile_IsDetect()
    {
        using var model = Model();
        using var detector = new YoloDetector(model);
        using var image = Picture(100, 100, (40, 40));

        Assert.Single(detector.Detect(image));
        Assert.Equal(detector.Detect(image), detector.DetectTiled(image, 128));
    }

    [Fact]
    public void DetectTiled_SquareWhereTilesOverlap_IsFoundOnceAndInPlace()
    {
        using var model = Model();
        using var detector = new YoloDetector(model);
        using var image = Picture(400, 300, (110, 50), (300, 240), (8, 8));

        var found = detector.DetectTiled(image, 128, 0.25f);

        Assert.Equal([(8, 8), (110, 50), (300, 240)], found.Select(Corner).Order());
        Assert.All(found, entry => Assert.Equal((16, 16), ((int)Math.Round(entry.Box.Width), (int)Math.Round(entry.Box.Height))));
    }

    [Theory]
    [InlineData(1)]
    [InlineData(3)]
    [InlineData(6)]
    [InlineData(8)]
    public void DetectTiled_StoredLying_BoxesAreOfTheStoredPixels(int orientation)
    {
        ExifJpeg.Write(_folder.File("a.jpg"), orientation, scale: 8);
        using var model = Model();
        using var detector = new YoloDetector(model);

        var found = detector.DetectTiled(_folder.File("a.jpg"), 128);
        var whole = detector.Detect(_folder.File("a.jpg"));

        Assert.Equal(whole.Select(Corner), found.Select(Corner));
        Assert.Equal((0, 0), Corner(Assert.Single(found)));
    }

    [Fact]
    public void Merge_BoxCutByATile_GivesWayToTheWholeOneWhateverItsScore()
    {
        var merging = new TileMerging(new TileGrid(200, 100, 100, 0.2f));
        merging.Add(new Tile(0, 0, 100, 100), [new Detection(80, 10, 100, 40, 0.9f, 0)]);
        merging.Add(new Tile(80, 0, 100, 100), [new Detection(0, 10, 40, 40, 0.5f, 0)]);
        merging.Add(null, [new Detection(79, 9, 121, 41, 0.6f, 0), new Detection(79, 9, 121, 41, 0.3f, 1)]);

        var merged = merging.Merge(new NmsOptions());

        Assert.Equal([(0.6f, 0), (0.3f, 1)], merged.Select(found => (found.Score, found.ClassIndex)));
    }

    private static (int X, int Y) Corner(DetectedObject found) => ((int)Math.Round(found.Box.X0), (int)Math.Round(found.Box.Y0));

    /// <summary>A detector that finds each red square by its pixels, in tiles at their own scale; squares that are shrunk are too small for it.</summary>
    private static YoloTransformer Model()
    {
        var options = new YoloTrainer.Options { ImageSize = 128 };
        return new YoloTransformer(new FakeEngine((images, _) => [.. images.Select(RedSquares.Find)]), ["square"], options);
    }

    private static MLImage Picture(int width, int height, params (int X, int Y)[] squares)
    {
        var pixels = new byte[width * height * 4];
        pixels.AsSpan().Fill(100);
        foreach (var (left, top) in squares)
        {
            for (var y = top; y < top + 16; y++)
            {
                for (var x = left; x < left + 16; x++)
                    (pixels[(((y * width) + x) * 4) + 2], pixels[((y * width) + x) * 4], pixels[(((y * width) + x) * 4) + 1]) = (255, 0, 0);
            }
        }

        return MLImage.CreateFromPixels(width, height, MLPixelFormat.Bgra32, pixels);
    }
}
