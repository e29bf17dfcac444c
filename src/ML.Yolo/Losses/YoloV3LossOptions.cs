using System.Text.Json.Serialization;
using ML.Yolo.Boxes;
using ML.Yolo.Losses;
using static TorchSharp.torch;

namespace ML.Yolo;

/// <summary>Weights and thresholds of the YOLOv3 loss.</summary>
public sealed class YoloV3LossOptions : AnchorLossOptions
{
    /// <summary>Weight of the box term: squared errors of the centre and of the square roots of the size. Default 1.</summary>
    public float BoxWeight { get; set; } = 1f;

    /// <summary>Weight of the objectness term, over the predictions that took a target. Default 1.</summary>
    public float ObjectnessWeight { get; set; } = 1f;

    /// <summary>Weight of the no-object term, over the predictions that took none and are not ignored. Default 0.5.</summary>
    public float NoObjectWeight { get; set; } = 0.5f;

    /// <summary>Weight of the class term. Default 1.</summary>
    public float ClassWeight { get; set; } = 1f;

    /// <summary>The best anchor of a layer takes a target when the IoU of their sizes is above this. In [0, 1]; default 0.3.</summary>
    public float IouThreshold { get; set; } = 0.3f;

    /// <summary>In a target's cell, anchors whose size IoU is above this are left out of the no-object term. In [0, 1]; default 0.5.</summary>
    public float IgnoreThreshold { get; set; } = 0.5f;

    /// <summary>The ε by which one-hot class targets are smoothed, in [0, 1]. Default 0.</summary>
    public float LabelSmoothing { get; set; }

    /// <summary>How ε is spread. Default <see cref="LabelSmoothingRule.Uniform"/>.</summary>
    public LabelSmoothingRule LabelSmoothingRule { get; set; } = LabelSmoothingRule.Uniform;

    [JsonIgnore]
    internal override BoxCoding BoxCoding => YoloV3BoxCoding.Instance;

    [JsonIgnore]
    internal override AnchorRule AnchorRule => new SizeIouRule(IouThreshold);

    internal override AnchorLoss CreateLoss(Tensor anchors) => new YoloV3Loss(anchors, this);

    /// <summary>Itself: the variant's terms are means over what they concern, and its weights were not tuned for one task.</summary>
    internal override DetectionLossOptions Scale(float boxFactor, float classFactor, float objectnessFactor) => this;

    internal override DetectionLossOptions Copy() => (YoloV3LossOptions)MemberwiseClone();

    internal override void Check()
    {
        CheckNotNegative(BoxWeight, nameof(BoxWeight));
        CheckNotNegative(ObjectnessWeight, nameof(ObjectnessWeight));
        CheckNotNegative(NoObjectWeight, nameof(NoObjectWeight));
        CheckNotNegative(ClassWeight, nameof(ClassWeight));
        CheckFraction(IouThreshold, nameof(IouThreshold));
        CheckFraction(IgnoreThreshold, nameof(IgnoreThreshold));
        CheckFraction(LabelSmoothing, nameof(LabelSmoothing));
        CheckDefined(LabelSmoothingRule, nameof(LabelSmoothingRule));
        CheckDefined(UnassignedTargets, nameof(UnassignedTargets));
    }
}
