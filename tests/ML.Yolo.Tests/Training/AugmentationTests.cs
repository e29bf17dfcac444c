using CsCheck;
using ML.Yolo.Imaging;
using ML.Yolo.Samples;
using ML.Yolo.Training.Augmentation;
using SkiaSharp;

namespace ML.Yolo.Tests.Training;

public sealed class AugmentationTests : IDisposable
{
    private const int Size = 64;
    private const int Pixel = ResizedImage.Channels;

    // Squares of one colour on black: where one is can be measured to the pixel.
    private readonly TrainingSet _set = SquareSet.Draw(
        Size,
        (64, 48, new SceneBox(0, new Box(10, 8, 30, 28))),
        (48, 64, new SceneBox(1, new Box(4, 40, 24, 60))),
        (64, 64, new SceneBox(2, new Box(0, 0, 64, 32))),
        (32, 64, new SceneBox(0, new Box(8, 20, 28, 44))));

    public void Dispose() => _set.Dispose();

    [Fact]
    public void Paint_NoAugmentation_IsTheLetterboxedImageAndItsBoxes()
    {
        var (pixels, boxes) = Paint(AugmentationOptions.None, sample: 0);

        Assert.Equal(new SceneBox(0, new Box(10, 16, 30, 36)), Assert.Single(boxes));
        Assert.Equal(Letterbox.Gray, pixels[0]);
        Assert.Equal((0, 255), (pixels[At(9, 16)], pixels[At(10, 16)]));
        Assert.Equal((255, 0), (pixels[At(29, 35)], pixels[At(30, 35)]));
    }

    [Fact]
    public void Paint_SameSeedEpochAndIndex_IsTheSameOnAnyThread()
    {
        var options = new AugmentationOptions { MixUpProbability = 0.5f, CutoutProbability = 0.5f, CopyPasteProbability = 0.5f };
        var alone = Enumerable.Range(0, 4).Select(sample => Paint(options, sample)).ToList();

        var together = new (byte[] Pixels, List<SceneBox> Boxes)[4];
        Parallel.For(0, 4, sample => together[3 - sample] = Paint(options, 3 - sample));

        for (var sample = 0; sample < 4; sample++)
        {
            Assert.Equal(alone[sample].Pixels, together[sample].Pixels);
            Assert.Equal(alone[sample].Boxes, together[sample].Boxes);
        }
    }

    [Fact]
    public void Paint_AnotherEpoch_IsAnotherPicture()
        => Assert.NotEqual(Paint(new AugmentationOptions(), 0, epoch: 1).Pixels, Paint(new AugmentationOptions(), 0, epoch: 2).Pixels);

    [Fact]
    public void Paint_AnyMovement_KeepsBoxesOnTheirSquares()
    {
        var seen = 0;
        Gen.Select(Gen.Float[0, 0.4f], Gen.Float[0, 0.3f], Gen.Int[1, 10_000], Gen.Int[0, 3]).Sample((scale, translation, epoch, sample) =>
        {
            var options = AugmentationOptions.None;
            (options.ScaleGain, options.Translation, options.HorizontalFlipProbability, options.VerticalFlipProbability) = (scale, translation, 0.5f, 0.5f);

            var (pixels, boxes) = Paint(options, sample, epoch);

            if (boxes.Count == 0)
                return;
            Interlocked.Increment(ref seen);
            var measured = WhiteBounds(pixels);
            Assert.Equal(measured.Left, boxes[0].Box.X0, 1.01f);
            Assert.Equal(measured.Top, boxes[0].Box.Y0, 1.01f);
            Assert.Equal(measured.Right, boxes[0].Box.X1, 1.01f);
            Assert.Equal(measured.Bottom, boxes[0].Box.Y1, 1.01f);
        }, iter: 300);

        Assert.True(seen > 100, $"only {seen} squares were still there");
    }

    [Fact]
    public void Apply_AnyProjection_BoxesHoldTheirCentresAndStayOnTheCanvas()
    {
        var seen = 0;
        Gen.Select(Gen.Float[0, 45], Gen.Float[0, 20], Gen.Float[0, 0.001f], Gen.Int).Sample((rotation, shear, perspective, seed) =>
        {
            var options = new AugmentationOptions { Rotation = rotation, Shear = shear, Perspective = perspective };
            var scene = new Scene(2 * Size, 2 * Size, [], [new SceneBox(0, new Box(40, 50, 80, 90))]);
            var warp = Warp.Draw(scene, Size, options, new Random(seed));

            foreach (var (_, box) in warp.Apply(scene.Boxes))
            {
                var centre = warp.Matrix.MapPoint(60, 70);
                var isOnCanvas = centre.X >= 0 && centre.X <= Size && centre.Y >= 0 && centre.Y <= Size;
                var isHeld = box.X0 <= centre.X && centre.X <= box.X1 && box.Y0 <= centre.Y && centre.Y <= box.Y1;
                Assert.True(box.X0 >= 0 && box.Y0 >= 0 && box.X1 <= Size && box.Y1 <= Size);
                Assert.True(isHeld || !isOnCanvas);
                Interlocked.Add(ref seen, isHeld ? 1 : 0);
            }
        });

        Assert.True(seen > 50, $"only {seen} boxes held their centres");
    }

    [Fact]
    public void Apply_ObjectOfWhichATenthIsLeft_IsLeftOut()
    {
        var warp = new Warp(SKMatrix.CreateTranslation(Size - 2, 0), Scale: 1, Size, IsExact: false);

        Assert.Empty(warp.Apply([new SceneBox(0, new Box(0, 0, 30, 30))]));
        var exact = warp with { IsExact = true };
        Assert.Equal(new SceneBox(0, new Box(Size - 2, 0, Size, 3)), Assert.Single(exact.Apply([new SceneBox(0, new Box(0, 0, 3, 3))])));
    }

    [Theory]
    [InlineData(4)]
    [InlineData(9)]
    public void Paint_Mosaic_KeepsEveryBoxOnItsSquare(int tiles)
    {
        var options = AugmentationOptions.None;
        (options.MosaicProbability, options.MosaicTiles) = (1, tiles);

        var painted = Enumerable.Range(0, 50).Select(epoch => Paint(options, 0, epoch)).ToList();

        Assert.InRange(painted.Sum(scene => scene.Boxes.Count), 50, int.MaxValue);
        foreach (var (pixels, boxes) in painted)
            Assert.All(boxes, item => Assert.Equal(255, pixels[At((int)((item.Box.X0 + item.Box.X1) / 2), (int)((item.Box.Y0 + item.Box.Y1) / 2))]));
    }

    [Fact]
    public void OfFour_AnyPoint_LaysTheImagesCornerToCorner()
    {
        var scene = Mosaic.OfFour(_set, 0, Size, new Random(5));

        var (x, y) = (scene.Tiles[3].Left, scene.Tiles[3].Top);
        Assert.InRange(x, Size / 2f, 1.5f * Size);
        Assert.InRange(y, Size / 2f, 1.5f * Size);
        Assert.Equal((x, y), (scene.Tiles[0].Left + scene.Tiles[0].Image.Width, scene.Tiles[0].Top + scene.Tiles[0].Image.Height));
        Assert.Equal((x, y), (scene.Tiles[1].Left, scene.Tiles[1].Top + scene.Tiles[1].Image.Height));
        Assert.Equal((x, y), (scene.Tiles[2].Left + scene.Tiles[2].Image.Width, scene.Tiles[2].Top));
    }

    [Fact]
    public void Paint_MosaicClosed_IsOneImage()
    {
        var options = AugmentationOptions.None;
        options.MosaicProbability = 1;

        Assert.Equal(Paint(AugmentationOptions.None, 1).Pixels, Paint(options, 1, isMosaicClosed: true).Pixels);
    }

    [Fact]
    public void DrawShare_ManyTimes_IsNearAHalf()
    {
        var random = new Random(1);
        var shares = Enumerable.Range(0, 2000).Select(_ => MixUp.DrawShare(random)).ToList();

        Assert.Equal(0.5, shares.Average(), 0.01);
        // The beta distribution with both parameters 32 has variance 1 / (4 · 65).
        Assert.Equal(1 / 260.0, shares.Average(share => (share - 0.5) * (share - 0.5)), 0.0005);
    }

    [Fact]
    public unsafe void Blend_HalfOfWhiteOverBlack_IsGray()
    {
        var (black, white) = (new byte[Size * Size * Pixel], new byte[Size * Size * Pixel]);
        Array.Fill(white, (byte)255);
        fixed (byte* below = black, above = white)
        {
            using var canvas = new Canvas(below, Size);
            canvas.Blend(above, 0.5f);
        }

        Assert.InRange(black[At(20, 20)], 127, 129);
    }

    [Fact]
    public unsafe void CopyPaste_RoomOnTheOtherSide_CopiesTheObjectMirrored()
    {
        var (pixels, boxes) = Paint(AugmentationOptions.None, 0);
        boxes[0] = boxes[0] with { Box = boxes[0].Box with { X0 = 8, X1 = 30 } };
        fixed (byte* memory = pixels)
        {
            using var canvas = new Canvas(memory, Size);
            CopyPaste.Apply(canvas, boxes, probability: 1, new Random(1));
        }

        Assert.Equal(new SceneBox(0, new Box(34, 16, 56, 36)), boxes[1]);
        Assert.Equal((255, 255, 0), (pixels[At(34, 20)], pixels[At(53, 20)], pixels[At(54, 20)]));
    }

    [Fact]
    public unsafe void CopyPaste_NoRoom_CopiesNothing()
    {
        var (pixels, boxes) = Paint(AugmentationOptions.None, 0);
        boxes[0] = boxes[0] with { Box = boxes[0].Box with { X0 = 20, X1 = 44 } };
        fixed (byte* memory = pixels)
        {
            using var canvas = new Canvas(memory, Size);
            CopyPaste.Apply(canvas, boxes, probability: 1, new Random(1));
        }

        Assert.Single(boxes);
    }

    [Fact]
    public unsafe void Cutout_ObjectMostlyHidden_IsNoLongerAskedFor()
    {
        var pixels = new byte[Size * Size * Pixel];
        var boxes = Enumerable.Range(0, 400).Select(i => new SceneBox(0, new Box(i % 20 * 3, i / 20 * 3, (i % 20 * 3) + 3, (i / 20 * 3) + 3))).ToList();
        fixed (byte* memory = pixels)
        {
            using var canvas = new Canvas(memory, Size);
            Cutout.Apply(canvas, boxes, new Random(3));
        }

        Assert.InRange(boxes.Count, 1, 399);
        var painted = pixels.Chunk(Pixel).Where(pixel => pixel[3] != 0).ToList();
        Assert.NotEmpty(painted);
        Assert.All(painted, pixel => Assert.InRange(pixel[0], 64, 191));
    }

    [Fact]
    public void Apply_FactorsOfOne_ChangesNoColour()
    {
        var pixels = new byte[1003 * Pixel];
        new Random(1).NextBytes(pixels);
        var before = pixels.ToArray();

        HsvJitter.Apply(pixels, 1, 1, 1);

        Assert.Equal(before, pixels);
    }

    [Fact]
    public void Apply_AnyFactors_AgreesWithTheColourModelOfSkia()
        => Gen.Select(Gen.Byte, Gen.Byte, Gen.Byte).Select(Gen.Float[0.5f, 1.5f], Gen.Float[0, 2], Gen.Float[0.3f, 1.4f])
        .Sample((rgb, hue, saturation, value) =>
        {
            new SKColor(rgb.Item1, rgb.Item2, rgb.Item3).ToHsv(out var h, out var s, out var v);
            var expected = SKColorF.FromHsv(h * hue % 360, Math.Min(s * saturation, 100), Math.Min(v * value, 100));
            byte[] pixel = [rgb.Item1, rgb.Item2, rgb.Item3, 77];

            HsvJitter.Apply(pixel, hue, saturation, value);

            Assert.Equal(77, pixel[3]);
            Assert.Equal(255 * expected.Red, pixel[0], 1.0f);
            Assert.Equal(255 * expected.Green, pixel[1], 1.0f);
            Assert.Equal(255 * expected.Blue, pixel[2], 1.0f);
        });

    [Theory]
    [InlineData("Translation", "Translation is 2; it must lie in [0, 1].")]
    [InlineData("MosaicTiles", "MosaicTiles is 5; it must be 4 or 9.")]
    public void Yolo_AugmentationOutOfRange_NamesTheOption(string option, string message)
    {
        var options = TinyRun.Options();
        if (option == "Translation")
            options.Augmentation.Translation = 2;
        else
            options.Augmentation.MosaicTiles = 5;

        var exception = Assert.Throws<ArgumentOutOfRangeException>(() => new YoloTrainer(new Microsoft.ML.MLContext(), options));

        Assert.StartsWith(message, exception.Message, StringComparison.Ordinal);
    }

    private static int At(int x, int y) => ((y * Size) + x) * Pixel;

    private static SKRectI WhiteBounds(byte[] pixels)
    {
        var bounds = new SKRectI(Size, Size, 0, 0);
        for (var i = 0; i < Size * Size; i++)
        {
            if (pixels[i * Pixel] > 180)
                bounds = SKRectI.Union(bounds, SKRectI.Create(i % Size, i / Size, 1, 1));
        }

        return bounds;
    }

    private (byte[] Pixels, List<SceneBox> Boxes) Paint(AugmentationOptions options, int sample, int epoch = 1, bool isMosaicClosed = false)
    {
        var augmenter = new Augmenter(_set, options, Size, seed: 1);
        var pixels = new byte[augmenter.CanvasBytes];
        return (pixels, augmenter.Paint(sample, epoch, isMosaicClosed, pixels));
    }
}
