using System.Text.Json;
using CsCheck;
using ML.Yolo.Imaging;

namespace ML.Yolo.Tests.Imaging;

public sealed class LetterboxTests
{
    [SharedFact]
    public void Fit_GoldenSizes_GivesTheReferenceSizesAndPads()
    {
        using var golden = JsonDocument.Parse(File.ReadAllBytes(SharedFolder.Path("golden", "letterbox.json")));

        Assert.NotEqual(0, golden.RootElement.GetArrayLength());
        foreach (var item in golden.RootElement.EnumerateArray())
        {
            var letterbox = Letterbox.Fit(Number(item, "width"), Number(item, "height"), Number(item, "targetWidth"), Number(item, "targetHeight"), item.GetProperty("scaleUp").GetBoolean());

            Assert.Equal((Number(item, "newWidth"), Number(item, "newHeight"), Number(item, "left"), Number(item, "top")), (letterbox.ResizedWidth, letterbox.ResizedHeight, letterbox.Left, letterbox.Top));
        }

        static int Number(JsonElement item, string name) => item.GetProperty(name).GetInt32();
    }

    [Fact]
    public void ToImage_OfToCanvas_IsWhereItBegan()
        => Gen.Select(Gen.Int[1, 3000], Gen.Int[1, 3000], Gen.Float[0, 1], Gen.Float[0, 1]).Sample((width, height, x, y) =>
        {
            var letterbox = Letterbox.Fit(width, height, 640, 640);
            var (canvasX, canvasY) = letterbox.ToCanvas(x * width, y * height);
            var (backX, backY) = letterbox.ToImage(canvasX, canvasY);

            return Math.Abs(backX - (x * width)) <= 0.002f * Math.Max(width, 1) && Math.Abs(backY - (y * height)) <= 0.002f * Math.Max(height, 1);
        });

    [Fact]
    public void Fit_AnySize_StaysOnTheCanvas()
        => Gen.Select(Gen.Int[1, 20000], Gen.Int[1, 20000]).Sample((width, height) =>
        {
            var letterbox = Letterbox.Fit(width, height, 320, 320);

            return letterbox is { Left: >= 0, Top: >= 0, ResizedWidth: >= 1, ResizedHeight: >= 1 }
                && letterbox.Left + letterbox.ResizedWidth <= 320 && letterbox.Top + letterbox.ResizedHeight <= 320;
        });

    [Theory]
    [InlineData(640, 480, true, 352, 256)]
    [InlineData(640, 480, false, 320, 256)]
    [InlineData(300, 300, true, 352, 352)]
    [InlineData(300, 300, false, 320, 320)]
    public void Tight_WithAndWithoutSpareHalfStride_IsTheSmallestCanvasOfWholeStrides(int width, int height, bool isSpared, int canvasWidth, int canvasHeight)
    {
        var tight = Letterbox.Fit(width, height, 320, 320).Tight(stride: 32, isSpared);

        Assert.Equal((canvasWidth, canvasHeight), (tight.CanvasWidth, tight.CanvasHeight));
        Assert.Equal((canvasWidth - tight.ResizedWidth) / 2, tight.Left);
    }
}
