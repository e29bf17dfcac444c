using System.Text.Json.Serialization;
using ML.Yolo.Networks;
using static TorchSharp.torch;
using static TorchSharp.torch.nn;

namespace ML.Yolo;

[JsonDerivedType(typeof(C3k2Description), "C3k2")]
public abstract partial record LayerDescription
{
    /// <summary>
    /// YOLO11's cross-stage partial block: a <see cref="C2f"/> of narrower bottlenecks, or of whole <see cref="C3k"/> blocks with two bottlenecks each.
    /// </summary>
    /// <param name="channels">Channels out, before scaling.</param>
    /// <param name="repeats">Bottlenecks, or C3k blocks, in a row, before scaling.</param>
    /// <param name="c3k">Whether the row is of C3k blocks.</param>
    /// <param name="expansion">Channels of the row, as a fraction of the channels out. In (0, 1].</param>
    /// <param name="shortcut">Whether each bottleneck adds its input.</param>
    public static LayerDescription C3k2(int channels, int repeats, bool c3k = false, double expansion = 0.5, bool shortcut = true)
        => new C3k2Description(channels, repeats, c3k, expansion, shortcut, Previous);
}

/// <summary>A <see cref="C2fBlock"/> of half-width bottlenecks or of <see cref="C3kDescription"/>'s blocks.</summary>
internal sealed record C3k2Description(int Channels, int Repeats, bool HasC3k, double Expansion, bool Shortcut, IReadOnlyList<int> From)
    : BlockDescription(From)
{
    /// <summary>Bottlenecks of each C3k block in the row.</summary>
    public const int InnerRepeats = 2;

    // A row narrower than this has no half.
    private const int MinHidden = 2;

    internal override string Block => "C3k2";

    internal override (string, int, int, int)[] Sizes => [(nameof(Channels), Channels, 2, MaxChannels), (nameof(Repeats), Repeats, 1, MaxRepeats)];

    internal override string? Flaw
        => Expansion is > 0 and <= 1 ? null : FormattableString.Invariant($"has an expansion of {Expansion}; it must be above 0 and at most 1");

    internal override string? Misfit(IReadOnlyList<LayerShape> inputs, NetworkScale scale)
    {
        if (Hidden(scale) >= MinHidden)
            return null;
        var left = $"{Hidden(scale)} of {scale.Channels(Channels)} channels";
        return FormattableString.Invariant($"has an expansion of {Expansion}, which leaves {left}; at least {MinHidden} were expected");
    }

    /// <summary>Channels of the row.</summary>
    public int Hidden(NetworkScale scale) => C2fBlock.Hidden(scale.Channels(Channels), Expansion);

    internal override LayerShape Output(IReadOnlyList<LayerShape> inputs, NetworkScale scale) => inputs[0] with { Channels = scale.Channels(Channels) };

    internal override long MaxWeights(IReadOnlyList<LayerShape> inputs, NetworkScale scale)
        => Widest(inputs, scale.Channels(Channels)) * scale.Channels(Channels) * (4 + (13 * (long)scale.Repeats(Repeats)));

    internal override Module Build(IReadOnlyList<LayerShape> inputs, NetworkScale scale)
    {
        var hidden = Hidden(scale);
        Module<Tensor, Tensor> Inner() => HasC3k
            ? C3kDescription.Module(hidden, hidden, InnerRepeats, Shortcut)
            : new BottleneckBlock(hidden, hidden, hidden / 2, Shortcut, firstKernel: 3);
        return new C2fBlock(inputs[0].Channels, scale.Channels(Channels), hidden, scale.Repeats(Repeats), Inner);
    }

    internal override string Label(NetworkScale scale) => Times(HasC3k ? $"{Block} C3k" : Block, scale.Repeats(Repeats));

    internal override T Accept<T>(IBlockVisitor<T> visitor) => visitor.Visit(this);
}
