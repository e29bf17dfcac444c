using Microsoft.ML.Data;
using ML.Yolo.Imaging;

namespace ML.Yolo.Tests.Imaging;

/// <summary>Pictures of every kind of pixel come out as red, green and blue.</summary>
public sealed class ResizedImageTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [SharedTheory]
    [InlineData("rgb16.png", "ok.jpg", 6)]
    [InlineData("cmyk.jpg", "ok.jpg", 12)]
    [InlineData("gray16.png", "gray.jpg", 4)]
    public void From_UnusualPixels_GivesThePictureOfTheOrdinaryOnes(string name, string ordinary, double difference)
    {
        var (image, expected) = (Read(name, 96), Read(ordinary, 96));

        Assert.Equal((expected.Width, expected.Height), (image.Width, image.Height));
        Assert.InRange(image.Pixels.Zip(expected.Pixels, (a, b) => Math.Abs(a - b)).Average(), 0, difference);
    }

    [SharedFact]
    public void From_GrayPicture_HasThreeEqualChannels()
    {
        var pixels = Read("gray.jpg", 64).Pixels;

        Assert.NotEmpty(pixels);
        Assert.All(Enumerable.Range(0, pixels.Length / 4), i => Assert.Equal((pixels[4 * i], pixels[4 * i]), (pixels[(4 * i) + 1], pixels[(4 * i) + 2])));
    }

    [SharedFact]
    public void From_TransparentPicture_FadesToBlackAsMLNetHoldsIt()
    {
        var (image, opaque) = (Read("alpha.png", 128), Read("ok.jpg", 128));

        Assert.InRange(image.Pixels[0], 0, 3);
        Assert.InRange(Math.Abs(image.Pixels[(127 * 4) + 1] - opaque.Pixels[(127 * 4) + 1]), 0, 20);
    }

    [SharedTheory]
    [InlineData("one-pixel.png", 64, 64)]
    [InlineData("wide-10000x10.png", 64, 1)]
    public void From_ExtremeSizes_FitTheCanvas(string name, int width, int height)
    {
        var image = Read(name, 64);

        Assert.Equal((width, height), (image.Width, image.Height));
    }

    [Fact]
    public void From_AnimatedGif_GivesItsFirstFrame()
    {
        byte[] frame = [0x21, 0xF9, 4, 0, 10, 0, 0, 0, 0x2C, 0, 0, 0, 0, 1, 0, 1, 0, 0];
        File.WriteAllBytes(_folder.File("a.gif"), [.. "GIF89a"u8, 1, 0, 1, 0, 0x80, 0, 0, 255, 0, 0, 0, 0, 255, .. frame, 2, 2, 0x44, 1, 0, .. frame, 2, 2, 0x4C, 1, 0, 0x3B]);

        Assert.Equal([255, 0, 0], Read(_folder.File("a.gif"), 64).Pixels[..3]);
    }

    [Theory]
    [InlineData(new byte[] { 0xFF, 0xD8, 0xFF, 0xE0, 0, 4, 0xFF, 0xD9, 0xFF, 0xDA, 0, 2, 1, 2, 3 })]
    [InlineData(new byte[] { 0xFF, 0xD8, 0xFF, 0xE0, 0xFF, 0xFF })]
    [InlineData(new byte[] { 0x89, (byte)'P', (byte)'N', (byte)'G', 13, 10, 26, 10 })]
    public void Problem_EndMarkerInsideAThumbnailAlone_IsOne(byte[] bytes)
    {
        File.WriteAllBytes(_folder.File("a.jpg"), bytes);

        Assert.NotNull(EncodedImage.Problem(_folder.File("a.jpg")));
    }

    private static ResizedImage Read(string name, int size)
    {
        using var image = MLImage.CreateFromFile(Path.IsPathRooted(name) ? name : SharedFolder.Path("data", "broken", "images", name));
        return ResizedImage.From(image, Letterbox.Fit(image, size));
    }
}
