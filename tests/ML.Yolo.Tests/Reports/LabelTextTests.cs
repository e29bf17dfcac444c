using ML.Yolo.Reports;
using SkiaSharp;

namespace ML.Yolo.Tests.Reports;

public sealed class LabelTextTests
{
    [Theory]
    [InlineData("Ärger")]
    [InlineData("кот и пёс")]
    [InlineData("γάτα")]
    [InlineData("猫")]
    [InlineData("قطة")]
    [InlineData("cat 🐈 0.9")]
    [InlineData("\uD83D alone")]
    [InlineData("")]
    public void Draw_NameInAnyScript_LeavesInkWithinItsPlate(string text)
    {
        using var label = new LabelText(12);
        var size = label.PlateSize(text);
        using var bitmap = new SKBitmap((int)MathF.Ceiling(size.Width) + 20, (int)MathF.Ceiling(size.Height) + 20);
        using var canvas = new SKCanvas(bitmap);
        canvas.Clear(SKColors.Lime);

        label.Draw(canvas, text, SKRect.Create(0, 0, size.Width, size.Height), SKColors.White);

        Assert.Equal(text.Length > 0, bitmap.Pixels.Any(pixel => pixel.Red < 100 && pixel.Green < 100));
        Assert.All(Enumerable.Range(0, bitmap.Height), y => Assert.Equal(SKColors.Lime, bitmap.GetPixel(bitmap.Width - 1, y)));
    }

    [Fact]
    public void PlateSize_LetterThatNoFontHas_LeavesTheOthersInTheirFont()
    {
        using var label = new LabelText(12);
        const string Unassigned = "\U000E0FFF";

        Assert.Equal(label.HasFonts("cat"), label.HasFonts("cat dog"));
        Assert.False(label.HasFonts("cat " + Unassigned));
        Assert.True(label.PlateSize("cat " + Unassigned).Width > label.PlateSize("cat ").Width);
    }

    [Fact]
    public void Shorten_PairsOfSurrogates_AreNotCutInHalf()
    {
        using var label = new LabelText(12);

        var text = label.Shorten(string.Concat(Enumerable.Repeat("🐈", 40)), 120);

        Assert.EndsWith("...", text, StringComparison.Ordinal);
        Assert.DoesNotContain('\uFFFD', string.Concat(text.EnumerateRunes()));
    }
}
