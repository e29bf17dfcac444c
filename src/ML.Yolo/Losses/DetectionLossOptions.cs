using System.Text.Json.Serialization;
using ML.Yolo.Boxes;
using static TorchSharp.torch;

namespace ML.Yolo;

/// <summary>Chooses the loss: the variant is the type (<see cref="YoloV5LossOptions"/>, <see cref="YoloV3LossOptions"/>), its weights and thresholds are the properties.</summary>
/// <remarks>The variant also owns the box coding, so a model is always decoded the way it was trained.</remarks>
[JsonPolymorphic(TypeDiscriminatorPropertyName = "Variant")]
[JsonDerivedType(typeof(YoloV5LossOptions), "YoloV5")]
[JsonDerivedType(typeof(YoloV3LossOptions), "YoloV3")]
public abstract class DetectionLossOptions
{
    private protected DetectionLossOptions()
    {
    }

    /// <summary>What to do with a target no anchor takes. Default <see cref="UnassignedTargets.Ignore"/>.</summary>
    public UnassignedTargets UnassignedTargets { get; set; } = UnassignedTargets.Ignore;

    /// <summary>How logits become boxes under this variant.</summary>
    [JsonIgnore]
    internal abstract BoxCoding BoxCoding { get; }

    /// <summary>The side ratio beyond which an anchor does not suit an object, for the check of anchors before training.</summary>
    [JsonIgnore]
    internal virtual float AnchorRatioLimit => 4;

    /// <summary>The loss of this variant over <paramref name="anchors"/> (L, A, 2), in grid units.</summary>
    internal abstract DetectionLoss CreateLoss(Tensor anchors);

    /// <summary>A copy with class and objectness weights multiplied.</summary>
    internal abstract DetectionLossOptions Scale(float classFactor, float objectnessFactor);

    /// <summary>Checks every value and throws <see cref="ArgumentOutOfRangeException"/> naming the first that is out of range.</summary>
    internal abstract void Check();

    private protected static void CheckNotNegative(float value, string option)
    {
        if (!(value >= 0 && float.IsFinite(value)))
            throw new ArgumentOutOfRangeException(option, value, $"{option} is {value}; it must be a finite number of at least 0.");
    }

    private protected static void CheckFraction(float value, string option)
    {
        if (!(value is >= 0 and <= 1))
            throw new ArgumentOutOfRangeException(option, value, $"{option} is {value}; it must lie in [0, 1].");
    }
}
