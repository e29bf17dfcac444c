using System.Text.Json.Serialization;
using ML.Yolo.Boxes;
using static TorchSharp.torch;

namespace ML.Yolo;

/// <summary>
/// Weights and settings of the loss of heads without anchors: YOLOv8, YOLO11, YOLOv5u. The defaults are those of the reference implementation.
/// </summary>
/// <remarks>
/// The weights serve any number of classes and layers and any image size: <see cref="YoloTrainer.Options.ScaleLossWeights"/> leaves them as they are.
/// </remarks>
public sealed class YoloV8LossOptions : DetectionLossOptions
{
    /// <summary>Weight of the box term, the mean of 1 − IoU. Default 7.5.</summary>
    public float BoxWeight { get; set; } = 7.5f;

    /// <summary>Weight of the class term. Default 0.5.</summary>
    public float ClassWeight { get; set; } = 0.5f;

    /// <summary>Weight of the distribution term: how sharply the bins of each side say where it is. Default 1.5.</summary>
    public float DistributionWeight { get; set; } = 1.5f;

    /// <summary>Points that each target chooses to learn it, at most. At least 1; default 10.</summary>
    public int TopCandidates { get; set; } = 10;

    /// <summary>α, the exponent of the predicted class score in the alignment by which points are chosen. At least 0; default 0.5.</summary>
    public float ScoreExponent { get; set; } = 0.5f;

    /// <summary>β, the exponent of the predicted box's overlap in the alignment by which points are chosen. At least 0; default 6.</summary>
    public float IouExponent { get; set; } = 6f;

    /// <summary>The ε by which the class targets of points that learn a target are smoothed, in [0, 1]. Default 0.</summary>
    public float LabelSmoothing { get; set; }

    /// <summary>How ε is spread. Default <see cref="LabelSmoothingRule.Ultralytics"/>.</summary>
    public LabelSmoothingRule LabelSmoothingRule { get; set; } = LabelSmoothingRule.Ultralytics;

    /// <summary>Focusing parameter γ of the focal loss (Lin et al. 2017, α = 0.25) on the classes; 0, the default, is plain cross-entropy.</summary>
    public float FocalGamma { get; set; }

    /// <summary>Factor on the positive part of the class cross-entropy. Default 1.</summary>
    public float ClassPositiveWeight { get; set; } = 1f;

    /// <summary>The overlap measure of the box term and of the alignment. Default <see cref="BoxIouKind.CIoU"/>.</summary>
    public BoxIouKind BoxIou { get; set; } = BoxIouKind.CIoU;

    [JsonIgnore]
    internal override BoxCoding BoxCoding => YoloV8BoxCoding.Instance;

    internal override DetectionLoss CreateLoss(IReadOnlyList<int> strides, int classCount, Tensor? anchors)
        => anchors is null
            ? new YoloV8Loss(strides, classCount, this)
            : throw new ArgumentException($"The {nameof(YoloV8LossOptions)} are for networks without anchors, and there are some.", nameof(anchors));

    /// <summary>Itself: its terms are means over what is learned, whatever the number of classes and cells.</summary>
    internal override DetectionLossOptions Scale(float boxFactor, float classFactor, float objectnessFactor) => this;

    internal override DetectionLossOptions Copy() => (YoloV8LossOptions)MemberwiseClone();

    internal override void Check()
    {
        CheckNotNegative(BoxWeight, nameof(BoxWeight));
        CheckNotNegative(ClassWeight, nameof(ClassWeight));
        CheckNotNegative(DistributionWeight, nameof(DistributionWeight));
        CheckNotNegative(ScoreExponent, nameof(ScoreExponent));
        CheckNotNegative(IouExponent, nameof(IouExponent));
        CheckNotNegative(FocalGamma, nameof(FocalGamma));
        CheckNotNegative(ClassPositiveWeight, nameof(ClassPositiveWeight));
        CheckFraction(LabelSmoothing, nameof(LabelSmoothing));
        CheckDefined(LabelSmoothingRule, nameof(LabelSmoothingRule));
        CheckDefined(BoxIou, nameof(BoxIou));
        CheckDefined(UnassignedTargets, nameof(UnassignedTargets));
        if (TopCandidates < 1)
            throw new ArgumentOutOfRangeException(nameof(TopCandidates), FormattableString.Invariant($"{nameof(TopCandidates)} is {TopCandidates}; it must be at least 1."));
    }
}
