using static TorchSharp.torch;

namespace ML.Yolo.Boxes;

/// <summary>
/// How the four logits of an anchor become a box: the centre from the cell, the size from the anchor. One formula for tensors and the same for plain
/// numbers.
/// </summary>
internal abstract class AnchorBoxCoding : BoxCoding
{
    /// <summary>Centre within the grid, relative to the cell's top left corner, in cells. (…, 2) logits to (…, 2).</summary>
    public abstract Tensor DecodeCentre(Tensor logits);

    /// <summary>Size in the anchor's unit. (…, 2) logits and anchors (…, 2) to (…, 2).</summary>
    public abstract Tensor DecodeSize(Tensor logits, Tensor anchors);

    /// <summary>One number of a centre, as <see cref="DecodeCentre(Tensor)"/> gives it, where there is no LibTorch.</summary>
    public abstract float DecodeCentre(float logit);

    /// <summary>One side of a box in anchors, as <see cref="DecodeSize(Tensor, Tensor)"/> gives it, where there is no LibTorch.</summary>
    public abstract float DecodeSize(float logit);

    /// <summary>The logits of a centre, (…, 2) cells to (…, 2): the inverse of <see cref="DecodeCentre(Tensor)"/> where that has one.</summary>
    public abstract Tensor EncodeCentre(Tensor centres);

    /// <summary>
    /// The logits of sizes (…, 2) given as multiples of their anchors: the inverse of <see cref="DecodeSize(Tensor, Tensor)"/> where that has one.
    /// </summary>
    public abstract Tensor EncodeSize(Tensor ratios);

    /// <summary>σ(t).</summary>
    private protected static float Sigmoid(float logit) => 1 / (1 + MathF.Exp(-logit));
}
