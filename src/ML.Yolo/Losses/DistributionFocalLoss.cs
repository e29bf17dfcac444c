using ML.Yolo.Boxes;
using ML.Yolo.Tensors;
using static TorchSharp.torch;

namespace ML.Yolo.Losses;

/// <summary>
/// How far distributions over bins are from distances: the cross-entropy of the two bins a distance lies between, each weighted by how near it is (Li et
/// al. 2020, eq. 6).
/// </summary>
/// <remarks>Example: for a distance of 2.25, bin 2 counts three quarters and bin 3 a quarter.</remarks>
internal static class DistributionFocalLoss
{
    /// <summary>The mean over the four sides: logits (M, 4R) and distances (M, 4) of [0, 14.99] to (M).</summary>
    public static Tensor Of(Tensor logits, Tensor distances)
    {
        using var scope = NewDisposeScope();
        var logarithms = logits.unflatten(1, [YoloV8BoxCoding.Sides, YoloV8BoxCoding.Bins]).log_softmax(-1);      // (M, 4, R)
        var (lower, upperShare) = YoloV8BoxCoding.Neighbours(distances.unsqueeze(-1));                            // (M, 4, 1)
        var loss = (logarithms.gather(-1, lower) * upperShare.Complement()).Plus(logarithms.gather(-1, lower.Plus(1)) * upperShare);
        return loss.squeeze(-1).mean([1]).neg().MoveToOuterDisposeScope();
    }
}
