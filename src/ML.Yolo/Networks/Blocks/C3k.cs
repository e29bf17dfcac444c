using System.Text.Json.Serialization;
using ML.Yolo.Networks;
using static TorchSharp.torch.nn;

namespace ML.Yolo;

[JsonDerivedType(typeof(C3kDescription), "C3k")]
public abstract partial record LayerDescription
{
    /// <summary>A <see cref="C3"/> whose bottlenecks have two 3 × 3 convolutions.</summary>
    /// <param name="channels">Channels out, before scaling.</param>
    /// <param name="repeats">Bottlenecks in a row, before scaling.</param>
    /// <param name="shortcut">Whether each bottleneck adds its input.</param>
    public static LayerDescription C3k(int channels, int repeats, bool shortcut = true) => new C3kDescription(channels, repeats, shortcut, Previous);
}

/// <summary>A <see cref="C3Block"/> with wider bottlenecks.</summary>
internal sealed record C3kDescription(int Channels, int Repeats, bool Shortcut, IReadOnlyList<int> From) : BlockDescription(From)
{
    internal override string Block => "C3k";

    internal override (string, int, int, int)[] Sizes => [(nameof(Channels), Channels, 2, MaxChannels), (nameof(Repeats), Repeats, 1, MaxRepeats)];

    /// <summary>The block's module.</summary>
    /// <param name="inputChannels">Channels in.</param>
    /// <param name="outputChannels">Channels out, even.</param>
    /// <param name="repeats">Bottlenecks in a row.</param>
    /// <param name="shortcut">Whether each adds its input.</param>
    public static C3Block Module(int inputChannels, int outputChannels, int repeats, bool shortcut)
        => new(inputChannels, outputChannels, repeats, shortcut, firstKernel: 3);

    internal override LayerShape Output(IReadOnlyList<LayerShape> inputs, NetworkScale scale) => inputs[0] with { Channels = scale.Channels(Channels) };

    internal override long MaxWeights(IReadOnlyList<LayerShape> inputs, NetworkScale scale)
        => Widest(inputs, scale.Channels(Channels)) * scale.Channels(Channels) * (2 + (5 * (long)scale.Repeats(Repeats)));

    internal override Module Build(IReadOnlyList<LayerShape> inputs, NetworkScale scale)
        => Module(inputs[0].Channels, scale.Channels(Channels), scale.Repeats(Repeats), Shortcut);

    internal override string Label(NetworkScale scale) => Times(Block, scale.Repeats(Repeats));

    internal override T Accept<T>(IBlockVisitor<T> visitor) => visitor.Visit(this);
}
