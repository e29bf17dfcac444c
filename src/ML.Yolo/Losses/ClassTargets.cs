using static TorchSharp.torch;

namespace ML.Yolo.Losses;

/// <summary>Smoothed one-hot rows.</summary>
internal static class ClassTargets
{
    /// <summary>(M) class indices to (M, C) targets, like <paramref name="logits"/> (M, C) in type and device.</summary>
    public static Tensor OneHot(Tensor classes, Tensor logits, float smoothing, LabelSmoothingRule rule)
    {
        var classCount = logits.shape[1];
        var (positive, negative) = rule == LabelSmoothingRule.Ultralytics
            ? (1 - (0.5 * smoothing), 0.5 * smoothing)
            : (1.0 - smoothing, smoothing / Math.Max(classCount - 1.0, 1));
        return full_like(logits, negative).scatter_(1, classes.unsqueeze(1), positive);
    }
}
