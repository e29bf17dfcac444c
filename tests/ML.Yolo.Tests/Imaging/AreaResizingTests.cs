using CsCheck;
using ML.Yolo.Imaging;

namespace ML.Yolo.Tests.Imaging;

public sealed class AreaResizingTests
{
    [Fact]
    public void Shrink_ByTwo_GivesTheMeanOfFourPixels()
    {
        byte[] source = [0, 10, 20, 255, 4, 30, 20, 255, 100, 0, 0, 0, 100, 0, 0, 0, 8, 10, 24, 255, 12, 30, 24, 255, 100, 0, 0, 0, 102, 0, 0, 0];
        var target = new byte[8];

        AreaResizing.Shrink(source, 4, 2, target, 2, 1, swapsRedAndBlue: false);

        Assert.Equal([6, 20, 22, 255, 101, 0, 0, 0], target);
    }

    [Fact]
    public void Shrink_ToTwoThirds_WeighsPixelsByTheirShare()
    {
        byte[] source = [0, 0, 0, 0, 90, 90, 90, 90, 210, 210, 210, 210];
        var target = new byte[8];

        AreaResizing.Shrink(source, 3, 1, target, 2, 1, swapsRedAndBlue: false);

        Assert.Equal([30, 30, 30, 30, 170, 170, 170, 170], target);
    }

    [Fact]
    public void Shrink_BlueFirst_GivesRedFirst()
    {
        byte[] source = [1, 2, 3, 4, 1, 2, 3, 4];
        var target = new byte[4];

        AreaResizing.Shrink(source, 2, 1, target, 1, 1, swapsRedAndBlue: true);

        Assert.Equal([3, 2, 1, 4], target);
    }

    [Fact]
    public void Shrink_AnySizes_IsTheMeanOfTheAreaCovered()
        => Gen.Select(Gen.Int[1, 70], Gen.Int[1, 40], Gen.Int[1, 70], Gen.Int[1, 40], Gen.Int).Sample((width, height, targetWidth, targetHeight, seed) =>
        {
            (targetWidth, targetHeight) = (Math.Min(width, targetWidth), Math.Min(height, targetHeight));
            var source = new byte[width * height * 4];
            new Random(seed).NextBytes(source);
            var target = new byte[targetWidth * targetHeight * 4];

            AreaResizing.Shrink(source, width, height, target, targetWidth, targetHeight, swapsRedAndBlue: false);

            return Enumerable.Range(0, target.Length).All(i => Math.Abs(target[i] - Mean(source, width, height, targetWidth, targetHeight, i)) < 0.51);
        });

    private static double Mean(byte[] source, int width, int height, int targetWidth, int targetHeight, int index)
    {
        var (x, y, channel) = (index / 4 % targetWidth, index / 4 / targetWidth, index % 4);
        var (scaleX, scaleY) = ((double)width / targetWidth, (double)height / targetHeight);
        var (sum, weights) = (0.0, 0.0);
        for (var row = 0; row < height; row++)
        {
            for (var column = 0; column < width; column++)
            {
                var share = Math.Max(0, Math.Min((x + 1) * scaleX, column + 1) - Math.Max(x * scaleX, column)) * Math.Max(0, Math.Min((y + 1) * scaleY, row + 1) - Math.Max(y * scaleY, row));
                sum += share * source[(((row * width) + column) * 4) + channel];
                weights += share;
            }
        }

        return sum / weights;
    }
}
