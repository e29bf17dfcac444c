using System.Numerics;
using static TorchSharp.torch;

namespace ML.Yolo.Losses;

/// <summary>The loss of an anchor head with the gradients of its layers.</summary>
/// <typeparam name="T">The maps' type.</typeparam>
/// <param name="layers">A gradient per layer.</param>
internal sealed class AnalyticAnchorLoss<T>(IReadOnlyList<AnchorLayerGradient<T>> layers) : AnalyticLoss
    where T : unmanaged, IFloatingPointIeee754<T>
{
    public override List<Tensor> Saved => [.. layers.SelectMany(layer => new[] { layer.Objectness, layer.Built })];

    public override List<Tensor> Gradients(List<Tensor> saved, double factor)
        => [.. layers.Select((layer, i) => layer.Write(saved[2 * i], saved[(2 * i) + 1], factor))];
}
