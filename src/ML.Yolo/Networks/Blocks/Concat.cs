using System.Text.Json.Serialization;
using ML.Yolo.Networks;
using static TorchSharp.torch;
using static TorchSharp.torch.nn;

namespace ML.Yolo;

[JsonDerivedType(typeof(ConcatDescription), "Concat")]
public abstract partial record LayerDescription
{
    /// <summary>Concatenation of the layer before with another, along the channels.</summary>
    /// <param name="layer">The other layer.</param>
    public static LayerDescription ConcatWith(int layer) => new ConcatDescription([-1, layer]);
}

/// <summary>A <see cref="ConcatBlock"/>.</summary>
internal sealed record ConcatDescription(IReadOnlyList<int> From) : BlockDescription(From)
{
    internal override string Block => "Concat";

    internal override (string, int, int, int)[] Sizes => [];

    internal override LayerShape Output(IReadOnlyList<LayerShape> inputs, NetworkScale scale)
        => inputs[0] with { Channels = inputs.Sum(input => input.Channels) };

    internal override Module Build(IReadOnlyList<LayerShape> inputs, NetworkScale scale) => new ConcatBlock();

    internal override string? Misfit(IReadOnlyList<LayerShape> inputs, NetworkScale scale)
    {
        foreach (var other in inputs)
        {
            if ((other.Height, other.Width) != (inputs[0].Height, inputs[0].Width))
                return $"joins maps of {inputs[0]} and {other}; height and width must be the same";
        }

        return null;
    }

    internal override T Accept<T>(IBlockVisitor<T> visitor) => visitor.Visit(this);
}

/// <summary>Joins maps of one height and width along their channels.</summary>
internal sealed class ConcatBlock() : Module<Tensor[], Tensor>(nameof(ConcatBlock))
{
    public override Tensor forward(Tensor[] inputs) => cat(inputs, 1);
}
