using ML.Yolo.Boxes;
using static TorchSharp.torch;

namespace ML.Yolo.Tests.Losses;

/// <summary>Logits that say exactly what the built targets ask for, by inverting the box coding.</summary>
internal static class PerfectPrediction
{
    private const double Sure = 40;

    public static Tensor[] Of(IReadOnlyList<Tensor> maps, IReadOnlyList<LayerTargets> targets, bool isV5)
        => [.. maps.Zip(targets, (map, layer) => Layer(map, layer, isV5))];

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
