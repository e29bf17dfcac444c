using ML.Yolo.Tensors;
using static TorchSharp.torch;
using F = TorchSharp.torch.nn.functional;

namespace ML.Yolo.Losses;

/// <summary>Binary cross-entropy of logits, optionally weighted on positives and focused on hard examples (Lin et al. 2017, eq. 5, α = 0.25).</summary>
internal sealed class BinaryCrossEntropy(float positiveWeight = 1f, float focalGamma = 0f)
{
    private const double FocalAlpha = 0.25;

    // A certain prediction must not weigh 0 to a power below one: its gradient would be infinite.
    private const double MinModulation = 1e-30;

    /// <summary>The mean over all elements; logits and targets have one shape.</summary>
    public Tensor Mean(Tensor logits, Tensor targets)
    {
        using var scope = NewDisposeScope();
        return focalGamma == 0f
            ? Plain(logits, targets, nn.Reduction.Mean).MoveToOuterDisposeScope()
            : Elements(logits, targets).mean().MoveToOuterDisposeScope();
    }

    /// <summary>The loss of every element; logits and targets have one shape.</summary>
    public Tensor Elements(Tensor logits, Tensor targets)
    {
        using var scope = NewDisposeScope();
        var loss = Plain(logits, targets, nn.Reduction.None);
        if (focalGamma == 0f)
            return loss.MoveToOuterDisposeScope();
        var probability = logits.sigmoid();
        var correct = (targets * probability).Plus(targets.Complement() * probability.Complement());    // the probability given to the right answer
        var alpha = targets.Times(FocalAlpha).Plus(targets.Complement().Times(1 - FocalAlpha));
        return (loss * alpha * correct.Complement().AtLeast(MinModulation).Power(focalGamma)).MoveToOuterDisposeScope();
    }

    /// <summary>The sum over all elements where every target is 0, which takes less memory than to write the zeros down.</summary>
    public Tensor SumWithoutTarget(Tensor logits)
    {
        using var scope = NewDisposeScope();
        var logarithm = F.logsigmoid(logits.neg());                                       // −ln(1 + eˣ)
        if (focalGamma != 0f)
            logarithm = (logarithm * logits.sigmoid().AtLeast(MinModulation).Power(focalGamma)).Times(1 - FocalAlpha);
        return logarithm.sum().neg().MoveToOuterDisposeScope();
    }

    private Tensor Plain(Tensor logits, Tensor targets, nn.Reduction reduction)
    {
        using var scope = NewDisposeScope();
        var weight = positiveWeight == 1f ? null : tensor(positiveWeight).to(logits.dtype, logits.device);
        return F.binary_cross_entropy_with_logits(logits, targets, reduction: reduction, pos_weights: weight).MoveToOuterDisposeScope();
    }
}
