using ML.Yolo.Boxes;
using static TorchSharp.torch;

namespace ML.Yolo.Tests.Networks;

/// <summary>Decoded predictions side by side: box, objectness and class probabilities of an anchor head, as YOLOv5 has them; box and class probabilities of a point head.</summary>
internal static class DecodedLayout
{
    /// <summary>(B, N, 5 + C) of the maps of an anchor head, (B, N, 4 + C) of those of a point head.</summary>
    public static Tensor Decode(YoloNetwork network, IReadOnlyList<Tensor> maps)
    {
        var predictions = network.Head.CreateDecoder().Decode(maps);
        if (network.Head is PointHead)
            return cat([predictions.Boxes, predictions.Scores], 2);
        var logits = cat([.. maps.Select(map => map.reshape(map.shape[0], -1, map.shape[4]))], 1);
        return cat([predictions.Boxes, logits.narrow(2, AnchorChannels.Objectness, logits.shape[2] - AnchorChannels.Objectness).sigmoid()], 2);
    }

    /// <summary>Boxes and scores of an anchor head's.</summary>
    public static Predictions Split(Tensor decoded)
        => new(decoded.narrow(2, 0, 4), decoded.narrow(2, AnchorChannels.FirstClass, decoded.shape[2] - AnchorChannels.FirstClass) * decoded.narrow(2, AnchorChannels.Objectness, 1));
}
