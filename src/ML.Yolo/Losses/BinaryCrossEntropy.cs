using static TorchSharp.torch;
using F = TorchSharp.torch.nn.functional;

namespace ML.Yolo.Losses;

/// <summary>Mean binary cross-entropy of logits, optionally weighted on positives and focused on hard examples (Lin et al. 2017, eq. 5, α = 0.25).</summary>
internal sealed class BinaryCrossEntropy(float positiveWeight = 1f, float focalGamma = 0f)
{
    private const double FocalAlpha = 0.25;

    /// <summary>The mean over all elements; logits and targets have one shape.</summary>
    public Tensor Mean(Tensor logits, Tensor targets)
    {
        using var scope = NewDisposeScope();
        var weight = positiveWeight == 1f ? null : tensor(positiveWeight).to(logits.dtype, logits.device);
        if (focalGamma == 0f)
            return F.binary_cross_entropy_with_logits(logits, targets, reduction: nn.Reduction.Mean, pos_weights: weight).MoveToOuterDisposeScope();

        var loss = F.binary_cross_entropy_with_logits(logits, targets, reduction: nn.Reduction.None, pos_weights: weight);
        var probability = logits.sigmoid();
        var correct = (targets * probability) + ((1 - targets) * (1 - probability));      // the probability given to the right answer
        var alpha = (targets * FocalAlpha) + ((1 - targets) * (1 - FocalAlpha));
        return (loss * alpha * (1 - correct).pow(focalGamma)).mean().MoveToOuterDisposeScope();
    }
}
