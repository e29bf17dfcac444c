using static TorchSharp.torch;

namespace ML.Yolo.Training.Augmentation;

/// <summary>Multiplies hue, saturation and value of each image of a batch by factors of its own.</summary>
internal static class HsvJitter
{
    private const double Sextants = 6;

    // Offsets of red, green and blue in the closed form of the conversion back, in sextants of the colour circle.
    private static readonly float[] ChannelOffsets = [5, 3, 1];

    /// <summary>Changes the colours.</summary>
    /// <param name="images">(B, 3, H, W): RGB in [0, 1].</param>
    /// <param name="factors">(B, 3): factors of hue, saturation and value.</param>
    /// <returns>(B, 3, H, W): RGB in [0, 1].</returns>
    public static Tensor Apply(Tensor images, Tensor factors)
    {
        using var scope = NewDisposeScope();
        var (hueFactor, saturationFactor, valueFactor) = (Factor(0), Factor(1), Factor(2));
        var value = images.amax([1], keepdim: true);                                      // (B, 1, H, W)
        var chroma = value - images.amin([1], keepdim: true);
        var hue = (Hue(images, value, chroma) * hueFactor).remainder(Sextants);           // sextants, [0, 6)
        var saturation = (chroma / value.clamp_min(1e-6) * saturationFactor).clamp_max(1);
        var newValue = (value * valueFactor).clamp_max(1);

        var offsets = tensor(ChannelOffsets, device: images.device).view(1, 3, 1, 1);
        var k = (hue + offsets).remainder_(Sextants);                                     // (B, 3, H, W)
        var weight = k.minimum(4 - k).clamp_(0, 1);
        return weight.mul_(saturation * newValue).neg_().add_(newValue).MoveToOuterDisposeScope();

        Tensor Factor(int column) => factors.narrow(1, column, 1).view(-1, 1, 1, 1).to(images.device);
    }

    private static Tensor Hue(Tensor images, Tensor value, Tensor chroma)
    {
        var (red, green, blue) = (images.narrow(1, 0, 1), images.narrow(1, 1, 1), images.narrow(1, 2, 1));
        var divisor = chroma.clamp_min(1e-6);                                             // gray has no hue: any will do
        var fromRed = (green - blue) / divisor;
        var fromGreen = ((blue - red) / divisor).add_(2);
        var fromBlue = ((red - green) / divisor).add_(4);
        return where(value.eq(red), fromRed, where(value.eq(green), fromGreen, fromBlue)).remainder_(Sextants);
    }
}
