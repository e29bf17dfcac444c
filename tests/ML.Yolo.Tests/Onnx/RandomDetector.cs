using Microsoft.ML;
using Microsoft.ML.Runtime;
using ML.Yolo.Tests.Networks;
using static TorchSharp.torch;

namespace ML.Yolo.Tests.Onnx;

/// <summary>Detectors of seeded random weights. Norms have statistics of their own too, so that what folds them away is seen to fold them right.</summary>
internal static class RandomDetector
{
    /// <summary>Architectures by name: the library's, and one with every block.</summary>
    public static YoloArchitecture Architecture(string name) => name switch
    {
        "every-block" => SmallArchitecture.EveryBlock,
        "depthwise" => SmallArchitecture.Depthwise,
        "points" => SmallArchitecture.Points,
        "wide-points" => SmallArchitecture.WidePoints,
        _ => YoloArchitecture.Parse(name),
    };

    public static YoloTransformer Create(YoloArchitecture architecture, int imageSize = 128, DetectionLossOptions? loss = null, int classCount = 3)
    {
        var options = new YoloTrainer.Options { Architecture = architecture, ImageSize = imageSize, Loss = loss, Scoring = new() { ScoreThreshold = 0.05f } };
        random.manual_seed(1);
        var network = YoloNetwork.Create(architecture, classCount, options.ChosenLoss.BoxCoding);
        Scatter(network);
        return new YoloTransformer((IHostEnvironment)new MLContext(), network, [.. Enumerable.Range(0, classCount).Select(i => $"class {i}")], options);
    }

    /// <summary>Convolutions that keep the size of what passes them, and norms and head biases away from their first values.</summary>
    private static void Scatter(YoloNetwork network)
    {
        using var noGradient = no_grad();
        using var scope = NewDisposeScope();
        foreach (var (name, tensor) in network.state_dict())
        {
            if (name.EndsWith("bn.running_mean", StringComparison.Ordinal) || name.EndsWith("bn.bias", StringComparison.Ordinal))
                tensor.copy_(randn_like(tensor) * 0.1);
            else if (name.EndsWith("bn.running_var", StringComparison.Ordinal) || name.EndsWith("bn.weight", StringComparison.Ordinal))
                tensor.copy_((rand_like(tensor) * 0.8) + 0.6);
            else if (name.EndsWith("conv.weight", StringComparison.Ordinal) && !name.Contains(".dfl.", StringComparison.Ordinal))
                tensor.mul_(2.5);
            else if (name.EndsWith("bias", StringComparison.Ordinal))
                tensor.copy_(randn_like(tensor));
        }

        SettleHeads(network);
    }

    /// <summary>However deep the network, its logits spread by about two.</summary>
    private static void SettleHeads(YoloNetwork network)
    {
        network.eval();
        var (head, state) = ($"model.{network.Layers.Count - 1}", network.state_dict());
        foreach (var (i, map) in network.Forward(rand(1, 3, 128, 128)).Index())
        {
            if (network.Head is AnchorHead)
            {
                state[$"{head}.m.{i}.weight"].mul_(2 / map.std());
                continue;
            }

            state[$"{head}.cv2.{i}.2.weight"].mul_(2 / map.narrow(1, 0, 64).std());
            state[$"{head}.cv3.{i}.2.weight"].mul_(2 / map.narrow(1, 64, network.ClassCount).std());
        }
    }
}
