using ML.Yolo.Boxes;
using ML.Yolo.Networks;

namespace ML.Yolo;

/// <summary>The last layer of a network: turns the features of some layers into predictions.</summary>
internal abstract record HeadDescription : LayerDescription
{
    private protected HeadDescription(IReadOnlyList<int> from)
        : base(from)
    {
    }

    internal override string Block => "Detect";

    internal override (string, int, int, int)[] Sizes => [];

    /// <summary>Whether predictions are sized by anchors.</summary>
    internal abstract bool HasAnchors { get; }

    /// <summary>The codings its logits may be read by; the first is the family's own.</summary>
    internal abstract IReadOnlyList<BoxCoding> Codings { get; }

    /// <summary>Makes the head, with initial weights.</summary>
    /// <param name="inputChannels">Channels of the features, by layer of predictions.</param>
    /// <param name="settings">What it predicts.</param>
    internal abstract DetectionHead Build(int[] inputChannels, HeadSettings settings);
}
