using System.Text.Json.Serialization;
using ML.Yolo.Networks;
using TorchSharp.Modules;
using TorchSharp.Utils;
using static TorchSharp.torch;
using static TorchSharp.torch.nn;

namespace ML.Yolo;

[JsonDerivedType(typeof(C2PsaDescription), "C2PSA")]
public abstract partial record LayerDescription
{
    /// <summary>
    /// YOLO11's attention over positions: half the channels pass a row of attention blocks, half go by. Puts out as many channels as come in.
    /// </summary>
    /// <param name="channels">Channels in and out, before scaling.</param>
    /// <param name="repeats">Attention blocks in a row, before scaling.</param>
    public static LayerDescription C2Psa(int channels, int repeats) => new C2PsaDescription(channels, repeats, Previous);
}

/// <summary>A <see cref="C2PsaBlock"/>.</summary>
internal sealed record C2PsaDescription(int Channels, int Repeats, IReadOnlyList<int> From) : BlockDescription(From)
{
    internal override string Block => "C2PSA";

    internal override (string, int, int, int)[] Sizes => [(nameof(Channels), Channels, 2, MaxChannels), (nameof(Repeats), Repeats, 1, MaxRepeats)];

    internal override string? Misfit(IReadOnlyList<LayerShape> inputs, NetworkScale scale)
    {
        var (channels, hidden) = (scale.Channels(Channels), C2PsaBlock.Hidden(scale.Channels(Channels)));
        if (inputs[0].Channels != channels)
            return $"puts out {channels} channels where {inputs[0].Channels} come in; it keeps their number";
        var heads = AttentionBlock.Heads(hidden);
        return hidden % heads == 0 ? null : $"has {hidden} channels to attend with, which {heads} heads cannot share alike";
    }

    internal override LayerShape Output(IReadOnlyList<LayerShape> inputs, NetworkScale scale) => inputs[0] with { Channels = scale.Channels(Channels) };

    internal override long MaxWeights(IReadOnlyList<LayerShape> inputs, NetworkScale scale)
        => Widest(inputs, scale.Channels(Channels)) * scale.Channels(Channels) * (2 + (4 * (long)scale.Repeats(Repeats)));

    internal override Module Build(IReadOnlyList<LayerShape> inputs, NetworkScale scale) => new C2PsaBlock(scale.Channels(Channels), scale.Repeats(Repeats));

    internal override string Label(NetworkScale scale) => Times(Block, scale.Repeats(Repeats));

    internal override T Accept<T>(IBlockVisitor<T> visitor) => visitor.Visit(this);
}

/// <summary>
/// A convolution makes two halves, the second passes a row of <see cref="PsaBlock"/>s, a convolution joins them: (B, C, H, W) to (B, C, H, W).
/// </summary>
internal sealed class C2PsaBlock : Module<Tensor, Tensor>
{
    [ComponentName(Name = "cv1")]
    private readonly ConvBlock _split;

    [ComponentName(Name = "cv2")]
    private readonly ConvBlock _join;

    [ComponentName(Name = "m")]
    private readonly Sequential _blocks;

    private readonly int _hidden;

    /// <param name="channels">C, even.</param>
    /// <param name="repeats">Attention blocks in the row.</param>
    public C2PsaBlock(int channels, int repeats)
        : base(nameof(C2PsaBlock))
    {
        _hidden = Hidden(channels);
        _split = new ConvBlock(channels, 2 * _hidden);
        _join = new ConvBlock(2 * _hidden, channels);
        _blocks = Sequential(Enumerable.Range(0, repeats).Select(i => ($"{i}", (Module<Tensor, Tensor>)new PsaBlock(_hidden))));
        RegisterComponents();
    }

    /// <summary>Channels of a half.</summary>
    public static int Hidden(int channels) => channels / 2;

    public override Tensor forward(Tensor input)
    {
        using var scope = NewDisposeScope();
        var halves = _split.call(input).split(_hidden, 1);                                        // 2 × (B, C / 2, H, W)
        return _join.call(cat([halves[0], _blocks.call(halves[1])], 1)).MoveToOuterDisposeScope();
    }
}
