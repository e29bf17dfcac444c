using static TorchSharp.torch;

namespace ML.Yolo.Training.Augmentation;

/// <summary>Mirrors some images of a batch left to right, and their targets with them.</summary>
internal static class HorizontalFlip
{
    /// <summary>Mirrors where <paramref name="mirrored"/> says so.</summary>
    /// <param name="images">(B, 3, H, W).</param>
    /// <param name="targets">(N, 6) on the CPU: image, class, cx, cy, w, h in [0, 1]; changed in place.</param>
    /// <param name="mirrored">One answer an image.</param>
    /// <returns>(B, 3, H, W).</returns>
    public static Tensor Apply(Tensor images, Tensor targets, bool[] mirrored)
    {
        using var scope = NewDisposeScope();
        var mask = tensor(mirrored);                                                      // (B)
        var x = targets.select(1, 2);                                                     // (N), a view
        var isMirrored = mask.index_select(0, targets.select(1, 0).to(ScalarType.Int64)); // (N)
        x.copy_(where(isMirrored, 1 - x, x));
        return where(mask.to(images.device).view(-1, 1, 1, 1), images.flip(3), images).MoveToOuterDisposeScope();
    }
}
