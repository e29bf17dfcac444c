using ML.Yolo.Boxes;
using static TorchSharp.torch;

namespace ML.Yolo.Tests.Networks;

/// <summary>Decoded predictions in the layout of YOLOv5: box, objectness and class probabilities side by side.</summary>
internal static class AnchorLayout
{
    /// <summary>(B, N, 5 + C) of maps (B, A, H, W, 5 + C).</summary>
    public static Tensor Decode(YoloNetwork network, IReadOnlyList<Tensor> maps)
    {
        var boxes = network.Head.CreateDecoder().Decode(maps).Boxes;
        var logits = cat([.. maps.Select(map => map.reshape(map.shape[0], -1, map.shape[4]))], 1);
        return cat([boxes, logits.narrow(2, AnchorChannels.Objectness, logits.shape[2] - AnchorChannels.Objectness).sigmoid()], 2);
    }

    /// <summary>Boxes and scores of that layout.</summary>
    public static Predictions Split(Tensor decoded)
        => new(decoded.narrow(2, 0, 4), decoded.narrow(2, AnchorChannels.FirstClass, decoded.shape[2] - AnchorChannels.FirstClass) * decoded.narrow(2, AnchorChannels.Objectness, 1));
}
