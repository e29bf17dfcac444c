using static TorchSharp.torch;

namespace ML.Yolo.Training.Augmentation;

/// <summary>Mirrors some images of a batch, and their targets with them.</summary>
internal static class Flip
{
    // Where a direction lies in images (B, 3, H, W), and where its coordinate lies in targets.
    private const int WidthDimension = 3;
    private const int HeightDimension = 2;
    private const int CentreX = 2;
    private const int CentreY = 3;

    /// <summary>Mirrors left to right where <paramref name="mirrored"/> says so.</summary>
    /// <param name="images">(B, 3, H, W).</param>
    /// <param name="targets">(N, 6) on the CPU: image, class, cx, cy, w, h in [0, 1]; changed in place.</param>
    /// <param name="mirrored">One answer an image.</param>
    /// <returns>(B, 3, H, W).</returns>
    public static Tensor Horizontal(Tensor images, Tensor targets, bool[] mirrored) => Mirror(images, targets, mirrored, WidthDimension, CentreX);

    /// <summary>Mirrors top to bottom where <paramref name="mirrored"/> says so.</summary>
    /// <inheritdoc cref="Horizontal"/>
    public static Tensor Vertical(Tensor images, Tensor targets, bool[] mirrored) => Mirror(images, targets, mirrored, HeightDimension, CentreY);

    private static Tensor Mirror(Tensor images, Tensor targets, bool[] mirrored, int dimension, int column)
    {
        using var scope = NewDisposeScope();
        var mask = tensor(mirrored);                                                      // (B)
        var centres = targets.select(1, column);                                          // (N), a view
        var isMirrored = mask.index_select(0, targets.select(1, 0).to(ScalarType.Int64)); // (N)
        centres.copy_(where(isMirrored, 1 - centres, centres));
        return where(mask.to(images.device).view(-1, 1, 1, 1), images.flip(dimension), images).MoveToOuterDisposeScope();
    }
}
