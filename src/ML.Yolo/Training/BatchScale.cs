using static TorchSharp.torch;
using F = TorchSharp.torch.nn.functional;

namespace ML.Yolo.Training;

/// <summary>Trains whole batches at sizes of their own, so that the network learns objects of more sizes.</summary>
/// <param name="size">Side of the images, pixels.</param>
/// <param name="stride">What the size must be a multiple of.</param>
/// <param name="gain">Largest relative change either way; 0 changes nothing.</param>
/// <param name="seed">Decides the sizes.</param>
internal sealed class BatchScale(int size, int stride, float gain, int seed)
{
    /// <summary>Resizes a batch. Its size depends on seed, epoch and index alone.</summary>
    /// <param name="images">(B, 3, S, S).</param>
    /// <param name="epoch">Which epoch this is.</param>
    /// <param name="batch">Index of the batch in it.</param>
    /// <returns>(B, 3, S', S') with S' a multiple of the stride.</returns>
    public Tensor Apply(Tensor images, int epoch, int batch)
    {
        if (gain == 0)
            return images;
        var factor = 1 + (gain * ((2 * SampleRandom.ForSample(~seed, epoch, batch).NextDouble()) - 1));
        var side = Math.Max((long)Math.Round(size * factor / stride), 2) * stride;
        return side == size ? images : F.interpolate(images, [side, side], mode: InterpolationMode.Bilinear, align_corners: false);
    }
}
