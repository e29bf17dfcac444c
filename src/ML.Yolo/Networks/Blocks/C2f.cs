using System.Text.Json.Serialization;
using ML.Yolo.Networks;
using TorchSharp.Modules;
using TorchSharp.Utils;
using static TorchSharp.torch;
using static TorchSharp.torch.nn;

namespace ML.Yolo;

[JsonDerivedType(typeof(C2fDescription), "C2f")]
public abstract partial record LayerDescription
{
    /// <summary>YOLOv8's cross-stage partial block: half the channels pass a row of bottlenecks, and what each of them puts out is joined.</summary>
    /// <param name="channels">Channels out, before scaling.</param>
    /// <param name="repeats">Bottlenecks in a row, before scaling.</param>
    /// <param name="shortcut">Whether each bottleneck adds its input.</param>
    public static LayerDescription C2f(int channels, int repeats, bool shortcut = true) => new C2fDescription(channels, repeats, shortcut, Previous);
}

/// <summary>A <see cref="C2fBlock"/> of bottlenecks.</summary>
internal sealed record C2fDescription(int Channels, int Repeats, bool Shortcut, IReadOnlyList<int> From) : BlockDescription(From)
{
    internal override string Block => "C2f";

    internal override (string, int, int, int)[] Sizes => [(nameof(Channels), Channels, 2, MaxChannels), (nameof(Repeats), Repeats, 1, MaxRepeats)];

    internal override LayerShape Output(IReadOnlyList<LayerShape> inputs, NetworkScale scale) => inputs[0] with { Channels = scale.Channels(Channels) };

    internal override long MaxWeights(IReadOnlyList<LayerShape> inputs, NetworkScale scale)
        => Widest(inputs, scale.Channels(Channels)) * scale.Channels(Channels) * (2 + (6 * (long)scale.Repeats(Repeats)));

    internal override Module Build(IReadOnlyList<LayerShape> inputs, NetworkScale scale)
    {
        var hidden = C2fBlock.Hidden(scale.Channels(Channels));
        return new C2fBlock(
            inputs[0].Channels,
            scale.Channels(Channels),
            hidden,
            scale.Repeats(Repeats),
            () => new BottleneckBlock(hidden, hidden, hidden, Shortcut, firstKernel: 3));
    }

    internal override string Label(NetworkScale scale) => Times(Block, scale.Repeats(Repeats));

    internal override T Accept<T>(IBlockVisitor<T> visitor) => visitor.Visit(this);
}

/// <summary>
/// Cross-stage partial block that keeps every step: a convolution makes two halves of h channels, the second passes a row of blocks, and both halves and
/// what each block puts out,
/// (2 + n)·h channels, are joined by a convolution.
/// </summary>
internal sealed class C2fBlock : Module<Tensor, Tensor>
{
    [ComponentName(Name = "cv1")]
    private readonly ConvBlock _split;

    [ComponentName(Name = "cv2")]
    private readonly ConvBlock _join;

    [ComponentName(Name = "m")]
    private readonly ModuleList<Module<Tensor, Tensor>> _blocks;

    private readonly int _hidden;

    /// <param name="inputChannels">Channels in.</param>
    /// <param name="outputChannels">Channels out.</param>
    /// <param name="hidden">Channels of a half, h: those of the blocks in the row.</param>
    /// <param name="repeats">Blocks in the row, n.</param>
    /// <param name="block">Makes one of them: (B, h, H, W) to (B, h, H, W).</param>
    public C2fBlock(int inputChannels, int outputChannels, int hidden, int repeats, Func<Module<Tensor, Tensor>> block)
        : base(nameof(C2fBlock))
    {
        _hidden = hidden;
        _split = new ConvBlock(inputChannels, 2 * hidden);
        _join = new ConvBlock((2 + repeats) * hidden, outputChannels);
        _blocks = new ModuleList<Module<Tensor, Tensor>>([.. Enumerable.Range(0, repeats).Select(_ => block())]);
        RegisterComponents();
    }

    /// <summary>Channels of a half, of a block with that many out.</summary>
    /// <param name="outputChannels">Channels out.</param>
    /// <param name="expansion">The half as a fraction of them.</param>
    public static int Hidden(int outputChannels, double expansion = 0.5) => (int)(outputChannels * expansion);

    public override Tensor forward(Tensor input)
    {
        using var scope = NewDisposeScope();
        var parts = new List<Tensor>(_split.call(input).split(_hidden, 1));                       // 2 × (B, h, H, W)
        foreach (var block in _blocks)
            parts.Add(block.call(parts[^1]));
        return _join.call(cat(parts, 1)).MoveToOuterDisposeScope();
    }
}
