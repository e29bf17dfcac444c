using static TorchSharp.torch;

namespace ML.Yolo.Boxes;

/// <summary>How a variant turns logits into boxes. Training, scoring and export share it.</summary>
internal abstract class BoxCoding
{
    /// <summary>Centre within the grid, relative to the cell's top left corner, in cells. (…, 2) logits to (…, 2).</summary>
    public abstract Tensor DecodeCentre(Tensor logits);

    /// <summary>Size in the anchor's unit. (…, 2) logits and anchors (…, 2) to (…, 2).</summary>
    public abstract Tensor DecodeSize(Tensor logits, Tensor anchors);

    /// <summary>One number of a centre, as <see cref="DecodeCentre(Tensor)"/> gives it, where there is no LibTorch.</summary>
    public abstract float DecodeCentre(float logit);

    /// <summary>One side of a box in anchors, as <see cref="DecodeSize(Tensor, Tensor)"/> gives it, where there is no LibTorch.</summary>
    public abstract float DecodeSize(float logit);

    /// <summary>Boxes and probabilities of one layer.</summary>
    /// <param name="logits">Raw map (B, A, H, W, 5 + C).</param>
    /// <param name="anchors">The layer's anchors (A, 2), in cells.</param>
    /// <param name="stride">Pixels a cell.</param>
    /// <returns>(B, A·H·W, 5 + C): centre x, centre y, width, height in pixels of the network's input, objectness, class probabilities.</returns>
    public Tensor Decode(Tensor logits, Tensor anchors, int stride)
    {
        using var scope = NewDisposeScope();
        var (batch, height, width, channels) = (logits.shape[0], logits.shape[2], logits.shape[3], logits.shape[4]);
        var rows = arange(height, logits.dtype, logits.device).view(-1, 1).expand(height, width);
        var columns = arange(width, logits.dtype, logits.device).view(1, -1).expand(height, width);
        var cells = stack([columns, rows], -1);                                                   // (H, W, 2): x, y

        var centre = (DecodeCentre(logits.narrow(-1, 0, 2)) + cells) * stride;                    // (B, A, H, W, 2)
        var size = DecodeSize(logits.narrow(-1, 2, 2), anchors.view(1, -1, 1, 1, 2)) * stride;    // (B, A, H, W, 2)
        var decoded = logits.sigmoid();                                                           // the scores, in one pass over what is nearly all of the memory
        decoded.narrow(-1, 0, 2).copy_(centre);
        decoded.narrow(-1, 2, 2).copy_(size);
        return decoded.view(batch, -1, channels).MoveToOuterDisposeScope();
    }

    /// <summary>σ(t).</summary>
    private protected static float Sigmoid(float logit) => 1 / (1 + MathF.Exp(-logit));
}
