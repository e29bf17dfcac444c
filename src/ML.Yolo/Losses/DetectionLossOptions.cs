using System.Text.Json.Serialization;
using ML.Yolo.Boxes;
using static TorchSharp.torch;

namespace ML.Yolo;

/// <summary>
/// Chooses the loss: the variant is the type (<see cref="YoloV5LossOptions"/>, <see cref="YoloV3LossOptions"/>, <see cref="YoloV8LossOptions"/>), its
/// weights and thresholds are the properties.
/// </summary>
/// <remarks>The variant also says how logits become boxes. That is saved with the network, so a model is always decoded the way it was trained.</remarks>
[JsonPolymorphic(TypeDiscriminatorPropertyName = "Variant")]
[JsonDerivedType(typeof(YoloV5LossOptions), "YoloV5")]
[JsonDerivedType(typeof(YoloV3LossOptions), "YoloV3")]
[JsonDerivedType(typeof(YoloV8LossOptions), "YoloV8")]
public abstract class DetectionLossOptions
{
    private protected DetectionLossOptions()
    {
    }

    /// <summary>What to do with a target that no prediction can take. Default <see cref="UnassignedTargets.Ignore"/>.</summary>
    public UnassignedTargets UnassignedTargets { get; set; } = UnassignedTargets.Ignore;

    /// <summary>The coding of boxes that this variant learns.</summary>
    [JsonIgnore]
    internal abstract BoxCoding BoxCoding { get; }

    /// <summary>The variant that learns a coding, with its default weights.</summary>
    internal static DetectionLossOptions Of(BoxCoding coding) => coding switch
    {
        YoloV5BoxCoding => new YoloV5LossOptions(),
        YoloV3BoxCoding => new YoloV3LossOptions(),
        YoloV8BoxCoding => new YoloV8LossOptions(),
        var other => throw new NotSupportedException($"No loss learns boxes as {other}."),
    };

    /// <summary>The loss of this variant.</summary>
    /// <inheritdoc cref="DetectionLoss.Create"/>
    internal abstract DetectionLoss CreateLoss(IReadOnlyList<int> strides, int classCount, Tensor? anchors);

    /// <summary>A copy whose weights suit a task, where the variant's weights depend on it.</summary>
    /// <param name="boxFactor">Multiplies the box weight.</param>
    /// <param name="classFactor">Multiplies the class weight.</param>
    /// <param name="objectnessFactor">Multiplies the objectness weight.</param>
    internal abstract DetectionLossOptions Scale(float boxFactor, float classFactor, float objectnessFactor);

    /// <summary>A copy that later changes to this object do not touch.</summary>
    internal abstract DetectionLossOptions Copy();

    /// <summary>Checks every value and throws <see cref="ArgumentOutOfRangeException"/> naming the first that is out of range.</summary>
    internal abstract void Check();

    /// <summary>Checks what depends on the number of layers of predictions.</summary>
    /// <exception cref="ArgumentException">A value does not fit.</exception>
    internal virtual void CheckLayers(int layerCount)
    {
    }

    private protected static void CheckNotNegative(float value, string option)
    {
        if (!(value >= 0 && float.IsFinite(value)))
            throw new ArgumentOutOfRangeException(option, FormattableString.Invariant($"{option} is {value}; it must be a finite number of at least 0."));
    }

    private protected static void CheckFraction(float value, string option)
    {
        if (!(value is >= 0 and <= 1))
            throw new ArgumentOutOfRangeException(option, FormattableString.Invariant($"{option} is {value}; it must lie in [0, 1]."));
    }

    private protected static void CheckDefined<T>(T value, string option)
        where T : struct, Enum
    {
        if (!Enum.IsDefined(value))
        {
            throw new ArgumentOutOfRangeException(
                option, FormattableString.Invariant($"{option} is {value:D}; it must be one of {string.Join(", ", Enum.GetNames<T>())}."));
        }
    }
}
