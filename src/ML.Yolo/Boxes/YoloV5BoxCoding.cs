using ML.Yolo.Tensors;
using static TorchSharp.torch;

namespace ML.Yolo.Boxes;

/// <summary>YOLOv5: centre = 2σ(t) − 0.5, size = (2σ(t))² · anchor. A cell reaches half a cell beyond its borders, a box four times its anchor.</summary>
internal sealed class YoloV5BoxCoding : AnchorBoxCoding
{
    public static readonly YoloV5BoxCoding Instance = new();

    public override string Name => "YoloV5";

    public override Tensor DecodeCentre(Tensor logits)
    {
        using var scope = NewDisposeScope();
        return logits.sigmoid().Times(2).Minus(0.5).MoveToOuterDisposeScope();
    }

    public override Tensor DecodeSize(Tensor logits, Tensor anchors)
    {
        using var scope = NewDisposeScope();
        return (logits.sigmoid().Times(2).Squared() * anchors).MoveToOuterDisposeScope();
    }

    public override float DecodeCentre(float logit) => (2 * Sigmoid(logit)) - 0.5f;

    public override float DecodeSize(float logit) => 4 * Sigmoid(logit) * Sigmoid(logit);

    public override Tensor EncodeCentre(Tensor centres)
    {
        using var scope = NewDisposeScope();
        return special.logit(centres.Plus(0.5).Over(2)).MoveToOuterDisposeScope();
    }

    public override Tensor EncodeSize(Tensor ratios)
    {
        using var scope = NewDisposeScope();
        return special.logit(ratios.sqrt().Over(2)).MoveToOuterDisposeScope();
    }
}
