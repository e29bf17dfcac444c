using ML.Yolo.Boxes;
using static TorchSharp.torch;

namespace ML.Yolo.Tests.Losses;

/// <summary>Logits that say exactly what the built targets ask for, by inverting the box coding.</summary>
internal static class PerfectPrediction
{
    private const double Sure = 40;
    private const double Epsilon = 1e-7;

    public static Tensor[] Of(IReadOnlyList<Tensor> maps, IReadOnlyList<LayerTargets> targets, bool isV5)
        => [.. maps.Zip(targets, (map, layer) => Layer(map, layer, isV5))];

    /// <summary>
    /// What the YOLOv5 loss leaves all the same. By its ε the IoU of a box of A cells² with itself falls short of 1 by s = ε / (A + ε): the box term is the
    /// mean of s, and a logit of 40 is wrong by 40 s where the IoU is its objectness target.
    /// </summary>
    /// <param name="maps">Maps (B, A, H, W, 5 + C).</param>
    /// <param name="targets">Built targets.</param>
    /// <param name="options">Weights; balance, smoothing, focusing and the rest are the defaults, or 1.</param>
    public static double Floor(IReadOnlyList<Tensor> maps, IReadOnlyList<LayerTargets> targets, YoloV5LossOptions options)
        => maps[0].shape[0] * maps.Zip(targets).Where(layer => layer.Second.Count > 0).Sum(layer =>
        {
            var predictions = layer.First.numel() / layer.First.shape[^1];
            var shortfall = (Epsilon / (layer.Second.Boxes.narrow(1, 2, 2).prod(1) + Epsilon)).sum().item<double>();
            return (options.BoxWeight * shortfall / layer.Second.Count) + (options.ObjectnessWeight * Sure * shortfall / predictions);
        });

    private static Tensor Layer(Tensor map, LayerTargets targets, bool isV5)
    {
        var logits = full_like(map, -Sure).detach();
        var (centre, ratio) = (targets.Boxes.narrow(1, 0, 2), targets.Boxes.narrow(1, 2, 2) / targets.Anchors);
        AnchorBoxCoding coding = isV5 ? YoloV5BoxCoding.Instance : YoloV3BoxCoding.Instance;
        var box = cat([coding.EncodeCentre(centre), coding.EncodeSize(ratio)], 1);
        foreach (var row in Enumerable.Range(0, targets.Count))
        {
            var prediction = logits[targets.ImageIndex[row].item<long>(), targets.AnchorIndex[row].item<long>(), targets.GridY[row].item<long>(), targets.GridX[row].item<long>()];
            prediction.narrow(0, 0, 4).copy_(box[row]);
            prediction[4] = tensor(Sure, map.dtype);
            prediction[5 + targets.Classes[row].item<long>()] = tensor(Sure, map.dtype);
        }

        return logits;
    }
}
