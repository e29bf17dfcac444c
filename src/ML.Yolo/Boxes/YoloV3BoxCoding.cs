using ML.Yolo.Tensors;
using static TorchSharp.torch;

namespace ML.Yolo.Boxes;

/// <summary>YOLOv3 (Redmon and Farhadi 2018, section 2.1): centre = σ(t), size = eᵗ · anchor.</summary>
internal sealed class YoloV3BoxCoding : AnchorBoxCoding
{
    public static readonly YoloV3BoxCoding Instance = new();

    public override string Name => "YoloV3";

    /// <summary>Beyond this exponent (a box 22,000 anchors wide) the size stops growing, so that a runaway logit gives no infinity.</summary>
    public const double MaxExponent = 10;

    public override Tensor DecodeCentre(Tensor logits) => logits.sigmoid();

    public override Tensor DecodeSize(Tensor logits, Tensor anchors)
    {
        using var scope = NewDisposeScope();
        return (logits.AtMost(MaxExponent).exp() * anchors).MoveToOuterDisposeScope();
    }

    public override float DecodeCentre(float logit) => Sigmoid(logit);

    public override float DecodeSize(float logit) => MathF.Exp(MathF.Min(logit, (float)MaxExponent));

    public override Tensor EncodeCentre(Tensor centres) => special.logit(centres);

    public override Tensor EncodeSize(Tensor ratios) => ratios.log();

    /// <summary>Square root of the decoded size, taken through the exponent: its gradient is finite where the size itself underflows to zero.</summary>
    public static Tensor DecodeSizeRoot(Tensor logits, Tensor anchors)
    {
        using var scope = NewDisposeScope();
        return (logits.AtMost(MaxExponent).Over(2).exp() * anchors.sqrt()).MoveToOuterDisposeScope();
    }
}
