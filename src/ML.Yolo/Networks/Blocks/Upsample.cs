using System.Text.Json.Serialization;
using ML.Yolo.Networks;
using static TorchSharp.torch;
using static TorchSharp.torch.nn;

namespace ML.Yolo;

[JsonDerivedType(typeof(UpsampleDescription), "Upsample")]
public abstract partial record LayerDescription
{
    /// <summary>Nearest-neighbour enlargement by two.</summary>
    public static LayerDescription Upsample() => new UpsampleDescription(Previous);
}

/// <summary>PyTorch's enlargement.</summary>
internal sealed record UpsampleDescription(IReadOnlyList<int> From) : BlockDescription(From)
{
    internal override string Block => "Upsample";

    internal override (string, int, int, int)[] Sizes => [];

    internal override LayerShape Output(IReadOnlyList<LayerShape> inputs, NetworkScale scale)
        => inputs[0] with { Height = 2 * inputs[0].Height, Width = 2 * inputs[0].Width };

    internal override Module Build(IReadOnlyList<LayerShape> inputs, NetworkScale scale)
        => TorchSharp.torch.nn.Upsample(scale_factor: [2, 2], mode: UpsampleMode.Nearest);

    internal override T Accept<T>(IBlockVisitor<T> visitor) => visitor.Visit(this);
}
