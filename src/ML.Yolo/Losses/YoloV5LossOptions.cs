using System.Text.Json.Serialization;
using ML.Yolo.Boxes;
using ML.Yolo.Losses;
using static TorchSharp.torch;

namespace ML.Yolo;

/// <summary>Weights and thresholds of the YOLOv5 loss. The defaults are those of the reference implementation.</summary>
public sealed class YoloV5LossOptions : AnchorLossOptions
{
    private static readonly float[] ThreeLayers = [4f, 1f, 0.4f];
    private static readonly float[] ManyLayers = [4f, 1f, 0.25f, 0.06f, 0.02f];

    /// <summary>Weight of the box term, the mean of 1 − IoU. Default 0.05.</summary>
    public float BoxWeight { get; set; } = 0.05f;

    /// <summary>Weight of the objectness term. Default 1.</summary>
    public float ObjectnessWeight { get; set; } = 1f;

    /// <summary>Weight of the class term. Default 0.5.</summary>
    public float ClassWeight { get; set; } = 0.5f;

    /// <summary>A target matches an anchor while neither its width nor its height is this many times larger or smaller. Above 1; default 4.</summary>
    public float AnchorThreshold { get; set; } = 4f;

    /// <summary>
    /// Weight of each layer's objectness, finest layer first; one number per layer. Default 4, 1, 0.4, and 4, 1, 0.25, 0.06, 0.02 for networks of other than
    /// three layers. The default is handed out as a copy: assign an array to change it.
    /// </summary>
    [JsonIgnore]
    public float[] LayerBalance
    {
        get => ChosenLayerBalance ?? [.. ThreeLayers];
        set => ChosenLayerBalance = value;
    }

    /// <summary>Adapts the layer balance to the objectness losses as training goes: b ← 0.9999 b + 0.0001 / loss, relative to the stride-16 layer.</summary>
    public bool AutoBalance { get; set; }

    /// <summary>The ε by which one-hot class targets are smoothed, in [0, 1]. Default 0.</summary>
    public float LabelSmoothing { get; set; }

    /// <summary>How ε is spread. Default <see cref="LabelSmoothingRule.Ultralytics"/>.</summary>
    public LabelSmoothingRule LabelSmoothingRule { get; set; } = LabelSmoothingRule.Ultralytics;

    /// <summary>Focusing parameter γ of the focal loss (Lin et al. 2017, α = 0.25) on class and objectness; 0, the default, is plain cross-entropy.</summary>
    public float FocalGamma { get; set; }

    /// <summary>Factor on the positive part of the class cross-entropy. Default 1.</summary>
    public float ClassPositiveWeight { get; set; } = 1f;

    /// <summary>Factor on the positive part of the objectness cross-entropy. Default 1.</summary>
    public float ObjectnessPositiveWeight { get; set; } = 1f;

    /// <summary>The reference's <c>gr</c>: the objectness target is (1 − gr) + gr · IoU. In [0, 1]; default 1.</summary>
    public float ObjectnessIouRatio { get; set; } = 1f;

    /// <summary>Where several targets fall on one prediction, the highest IoU becomes its objectness target instead of the last one.</summary>
    public bool SortObjectnessByIou { get; set; }

    /// <summary>The overlap measure of the box term and the objectness target. Default <see cref="BoxIouKind.CIoU"/>.</summary>
    public BoxIouKind BoxIou { get; set; } = BoxIouKind.CIoU;

    [JsonInclude]
    [JsonPropertyName("LayerBalance")]
    internal float[]? ChosenLayerBalance { get; set; }

    [JsonIgnore]
    internal override BoxCoding BoxCoding => YoloV5BoxCoding.Instance;

    [JsonIgnore]
    internal override AnchorRule AnchorRule => new SideRatioRule(AnchorThreshold);

    internal override AnchorLoss CreateLoss(Tensor anchors) => new YoloV5Loss(anchors, this);

    internal override DetectionLossOptions Scale(float boxFactor, float classFactor, float objectnessFactor)
    {
        var copy = (YoloV5LossOptions)Copy();
        copy.BoxWeight *= boxFactor;
        copy.ClassWeight *= classFactor;
        copy.ObjectnessWeight *= objectnessFactor;
        return copy;
    }

    internal override DetectionLossOptions Copy()
    {
        var copy = (YoloV5LossOptions)MemberwiseClone();
        copy.ChosenLayerBalance = ChosenLayerBalance?.ToArray();
        return copy;
    }

    internal float[] BalanceOf(int layerCount)
    {
        if (ChosenLayerBalance is null && layerCount != ThreeLayers.Length && layerCount <= ManyLayers.Length)
            return ManyLayers[..layerCount];
        if (LayerBalance.Length != layerCount)
        {
            throw new ArgumentException(
                $"{nameof(LayerBalance)} holds {LayerBalance.Length} numbers; the network has {layerCount} layers, and each needs one.");
        }

        return LayerBalance;
    }

    internal override void CheckLayers(int layerCount) => BalanceOf(layerCount);

    internal override void Check()
    {
        CheckNotNegative(BoxWeight, nameof(BoxWeight));
        CheckNotNegative(ObjectnessWeight, nameof(ObjectnessWeight));
        CheckNotNegative(ClassWeight, nameof(ClassWeight));
        CheckNotNegative(FocalGamma, nameof(FocalGamma));
        CheckNotNegative(ClassPositiveWeight, nameof(ClassPositiveWeight));
        CheckNotNegative(ObjectnessPositiveWeight, nameof(ObjectnessPositiveWeight));
        CheckFraction(LabelSmoothing, nameof(LabelSmoothing));
        CheckDefined(LabelSmoothingRule, nameof(LabelSmoothingRule));
        CheckDefined(BoxIou, nameof(BoxIou));
        CheckDefined(UnassignedTargets, nameof(UnassignedTargets));
        CheckFraction(ObjectnessIouRatio, nameof(ObjectnessIouRatio));
        foreach (var balance in ChosenLayerBalance ?? ThreeLayers)
            CheckNotNegative(balance, nameof(LayerBalance));
        if (!(AnchorThreshold > 1 && float.IsFinite(AnchorThreshold)))
            throw new ArgumentOutOfRangeException(
                nameof(AnchorThreshold), FormattableString.Invariant($"{nameof(AnchorThreshold)} is {AnchorThreshold}; it must be a finite number above 1."));
    }
}
