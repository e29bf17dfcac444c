using static TorchSharp.torch;

namespace ML.Yolo.Training.Augmentation;

/// <summary>What is done to a batch before the network sees it: colour jitter, then mirroring, as the options say.</summary>
internal sealed class BatchAugmentation(YoloTrainer.Options options, int seed)
{
    /// <summary>Augments one batch. A sample's changes depend on seed, epoch and its index alone.</summary>
    /// <param name="images">(B, 3, H, W): RGB in [0, 1].</param>
    /// <param name="targets">(N, 6) on the CPU; changed in place.</param>
    /// <param name="samples">Index in the set of each image.</param>
    /// <param name="epoch">Which epoch this is.</param>
    /// <returns>(B, 3, H, W).</returns>
    public Tensor Apply(Tensor images, Tensor targets, int[] samples, int epoch)
    {
        using var scope = NewDisposeScope();
        var factors = new float[samples.Length, 3];
        var (leftToRight, topToBottom) = (new bool[samples.Length], new bool[samples.Length]);
        for (var i = 0; i < samples.Length; i++)
        {
            var random = SampleRandom.ForSample(seed, epoch, samples[i]);
            factors[i, 0] = Around(random, options.HueGain);
            factors[i, 1] = Around(random, options.SaturationGain);
            factors[i, 2] = Around(random, options.ValueGain);
            leftToRight[i] = random.NextSingle() < options.HorizontalFlipProbability;
            topToBottom[i] = random.NextSingle() < options.VerticalFlipProbability;
        }

        var result = images;
        if (options.HueGain > 0 || options.SaturationGain > 0 || options.ValueGain > 0)
            result = HsvJitter.Apply(result, tensor(factors));
        if (options.HorizontalFlipProbability > 0)
            result = Flip.Horizontal(result, targets, leftToRight);
        if (options.VerticalFlipProbability > 0)
            result = Flip.Vertical(result, targets, topToBottom);
        return result.MoveToOuterDisposeScope();
    }

    private static float Around(Random random, float gain) => 1 + (gain * ((2 * random.NextSingle()) - 1));
}
