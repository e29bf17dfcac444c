using CsCheck;
using ML.Yolo.Training.Augmentation;
using SkiaSharp;
using static TorchSharp.torch;

namespace ML.Yolo.Tests.Training;

public sealed class AugmentationTests
{
    [Fact]
    public void Horizontal_SomeImagesMirrored_MovesTheirPixelsAndTargetsAlone()
    {
        using var scope = NewDisposeScope();
        var images = arange(2 * 3 * 2 * 4, ScalarType.Float32).view(2, 3, 2, 4);
        var targets = tensor(new[,] { { 0, 1, 0.25f, 0.4f, 0.1f, 0.2f }, { 1, 1, 0.25f, 0.4f, 0.1f, 0.2f } });

        var mirrored = Flip.Horizontal(images, targets, [false, true]);

        TensorAssert.Equal(images[0], mirrored[0]);
        TensorAssert.Equal(images[1].flip(2), mirrored[1]);
        TensorAssert.Close(tensor(new[,] { { 0, 1, 0.25f, 0.4f, 0.1f, 0.2f }, { 1, 1, 0.75f, 0.4f, 0.1f, 0.2f } }), targets, 0, 1e-7);
    }

    [Fact]
    public void Vertical_ImageMirrored_MovesItsTargetsUpsideDown()
    {
        using var scope = NewDisposeScope();
        var images = rand(1, 3, 4, 4);
        var targets = tensor(new[,] { { 0, 1, 0.25f, 0.4f, 0.1f, 0.2f } });

        TensorAssert.Equal(images.flip(2), Flip.Vertical(images, targets, [true]));
        Assert.Equal(0.6f, targets[0, 3].item<float>(), 6);
    }

    [Fact]
    public void Apply_FactorsOfOne_ChangesNothing()
    {
        using var scope = NewDisposeScope();
        var images = cat([rand(2, 3, 8, 8), zeros(2, 3, 8, 1), full([2, 3, 8, 1], 0.5f)], 3);

        TensorAssert.Close(images, HsvJitter.Apply(images, ones(2, 3)), 0, 1e-5);
    }

    [Fact]
    public void Apply_AnyFactors_AgreesWithTheColourModelOfSkia()
        => Gen.Select(Gen.Byte, Gen.Byte, Gen.Byte).Select(Gen.Float[0.5f, 1.5f], Gen.Float[0, 2], Gen.Float[0.3f, 1.4f]).Sample((rgb, hue, saturation, value) =>
        {
            using var scope = NewDisposeScope();
            new SKColor(rgb.Item1, rgb.Item2, rgb.Item3).ToHsv(out var h, out var s, out var v);
            var expected = SKColorF.FromHsv(h * hue % 360, Math.Min(s * saturation, 100), Math.Min(v * value, 100));
            var image = tensor(new[] { rgb.Item1 / 255f, rgb.Item2 / 255f, rgb.Item3 / 255f }).view(1, 3, 1, 1);

            var actual = HsvJitter.Apply(image, tensor(new[,] { { hue, saturation, value } })).view(-1);

            TensorAssert.Close(tensor(new[] { expected.Red, expected.Green, expected.Blue }), actual, 0, 2e-3);
        });
}
