using ML.Yolo.Tensors;
using static TorchSharp.torch;

namespace ML.Yolo.Losses;

/// <summary>Smoothed one-hot rows.</summary>
internal static class ClassTargets
{
    /// <summary>(M) class indices to (M, C) targets, like <paramref name="logits"/> (M, C) in type and device.</summary>
    public static Tensor OneHot(Tensor classes, Tensor logits, float smoothing, LabelSmoothingRule rule)
    {
        var (positive, negative) = Values(logits.shape[1], smoothing, rule);
        using var scope = NewDisposeScope();
        var index = classes.unsqueeze(1);                                                 // (M, 1)
        var oneHot = zeros_like(logits).scatter_(1, index, ones_like(index, logits.dtype));
        return oneHot.Times(positive - negative).Plus(negative).MoveToOuterDisposeScope();
    }

    /// <summary>The target of a row's class, and that of every other.</summary>
    public static (double Positive, double Negative) Values(long classCount, float smoothing, LabelSmoothingRule rule)
        => rule == LabelSmoothingRule.Ultralytics
            ? (1 - (0.5 * smoothing), 0.5 * smoothing)
            : (1.0 - smoothing, smoothing / Math.Max(classCount - 1.0, 1));
}
