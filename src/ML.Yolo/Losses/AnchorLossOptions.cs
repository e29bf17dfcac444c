using System.Text.Json.Serialization;
using ML.Yolo.Losses;
using static TorchSharp.torch;

namespace ML.Yolo;

/// <summary>What the losses of anchor heads have in common.</summary>
public abstract class AnchorLossOptions : DetectionLossOptions
{
    private protected AnchorLossOptions()
    {
    }

    /// <summary>Which anchors take an object, for the check of anchors before training.</summary>
    [JsonIgnore]
    internal abstract AnchorRule AnchorRule { get; }

    internal override DetectionLoss CreateLoss(IReadOnlyList<int> strides, int classCount, Tensor? anchors)
        => CreateLoss(anchors ?? throw new ArgumentException($"The {GetType().Name} are for networks with anchors, and there are none.", nameof(anchors)));

    /// <summary>The loss of this variant over anchors (L, A, 2), in cells.</summary>
    internal abstract AnchorLoss CreateLoss(Tensor anchors);
}
