using Microsoft.ML.Data;

namespace ML.Yolo.Tests.Reports;

public sealed class DetectionImageTests
{
    private static readonly (byte, byte, byte) Orange = (0xE9, 0x6B, 0x00);
    private static readonly (byte, byte, byte) Blue = (0x1E, 0x78, 0xFF);

    [Theory]
    [InlineData(0)]
    [InlineData(255)]
    [InlineData(128)]
    public void Draw_OnAnyBackground_LinesEachBoxInItsClassesColourWithADarkRim(byte gray)
    {
        using var image = Plain(gray);

        using var picture = DetectionImage.Draw(image, [new("cat", new(30, 40, 100, 110), 0.9f), new("dog", new(110, 50, 180, 90), 0.8f)]);

        Assert.Equal((Orange, Blue), (Pixel(picture, 30, 80), Pixel(picture, 110, 80)));
        var (rim, _, _) = Pixel(picture, 31, 80);
        Assert.True(rim < gray || gray == 0, $"the rim is {rim} on {gray}");
        Assert.Equal((gray, gray, gray), Pixel(picture, 60, 90));
    }

    [Fact]
    public void Draw_ClassNamesGiven_KeepsAClasssColourWhateverElseIsThere()
    {
        using var image = Plain(100);

        using var picture = DetectionImage.Draw(image, [new("dog", new(30, 40, 100, 110), 0.9f)], new() { ClassNames = ["cat", "dog"] });

        Assert.Equal(Blue, Pixel(picture, 30, 80));
    }

    [Fact]
    public void Draw_BelowTheThreshold_LeavesTheImageAsItWas()
    {
        using var image = Plain(100);

        using var picture = DetectionImage.Draw(image, [new("dog", new(30, 40, 100, 110), 0.2f)], new() { ScoreThreshold = 0.5f });

        Assert.True(picture.Pixels.ToArray().Chunk(4).All(pixel => pixel[0] == 100));
    }

    [Fact]
    public void Draw_MinimumSideGiven_EnlargesImageAndBoxes()
    {
        using var image = Plain(100);

        using var picture = DetectionImage.Draw(image, [new("cat", new(30, 40, 100, 110))], new() { MinimumSide = 400 });

        Assert.Equal((400, 300), (picture.Width, picture.Height));
        Assert.Equal(Orange, Pixel(picture, 60, 160));
    }

    [Fact]
    public void Draw_LabelsOfCrowdedBoxes_CoverEachOtherNowhere()
    {
        using var image = Plain(100);

        using var alone = DetectionImage.Draw(image, [new("cat", new(60, 60, 120, 110), 0.9f)]);
        using var crowded = DetectionImage.Draw(image, [new("cat", new(60, 60, 120, 110), 0.9f), new("cat", new(60, 60, 120, 112), 0.8f)]);

        // The first label's plate lies above its box, and the second label does not touch it.
        for (var x = 62; x < 90; x++)
            Assert.Equal(Pixel(alone, x, 52), Pixel(crowded, x, 52));
    }

    [Theory]
    [InlineData(-50, -50, 400, 400)]
    [InlineData(190, 140, 199, 149)]
    [InlineData(50, 50, 50, 50)]
    public void Draw_BoxBeyondTheEdgeOrEmpty_DrawsWhatThereIs(float x0, float y0, float x1, float y1)
    {
        using var image = Plain(100);

        using var picture = DetectionImage.Draw(image, [new("a name far too long for this image, whatever is done to make it fit into it", new(x0, y0, x1, y1), 0.5f)]);

        Assert.Equal((200, 150), (picture.Width, picture.Height));
        Assert.Contains(picture.Pixels.ToArray().Chunk(4), pixel => pixel[0] != 100);
    }

    [Fact]
    public void Draw_BoxThatIsNone_NamesIt()
    {
        using var image = Plain(100);

        var exception = Assert.Throws<ArgumentException>(() => DetectionImage.Draw(image, [new("cat", new(0, 0, float.NaN, 5))]));

        Assert.StartsWith("The box of 'cat' is 0, 0, NaN, 5; finite numbers were expected.", exception.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void FromColumns_LengthsThatDoNotFit_SaysSo()
    {
        var exception = Assert.Throws<ArgumentException>(() => LabeledBox.FromColumns(["cat"], [1, 2, 3]));

        Assert.StartsWith("There are 3 box numbers and 1 labels; 4 per label were expected.", exception.Message, StringComparison.Ordinal);
    }

    private static MLImage Plain(byte gray)
    {
        var pixels = new byte[200 * 150 * 4];
        Array.Fill(pixels, gray);
        return MLImage.CreateFromPixels(200, 150, MLPixelFormat.Bgra32, pixels);
    }

    private static (byte Red, byte Green, byte Blue) Pixel(MLImage image, int x, int y)
    {
        var pixel = image.Pixels.Slice(((y * image.Width) + x) * 4, 4);
        return (pixel[0], pixel[1], pixel[2]);
    }
}
