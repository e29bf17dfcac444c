using System.Text.Json.Serialization;
using ML.Yolo.Networks;
using TorchSharp.Modules;
using TorchSharp.Utils;
using static TorchSharp.torch;
using static TorchSharp.torch.nn;

namespace ML.Yolo;

[JsonDerivedType(typeof(C3Description), "C3")]
public abstract partial record LayerDescription
{
    /// <summary>Cross-stage partial block with three convolutions around a row of bottlenecks.</summary>
    /// <param name="channels">Channels out, before scaling.</param>
    /// <param name="repeats">Bottlenecks in a row, before scaling.</param>
    /// <param name="shortcut">Whether each bottleneck adds its input.</param>
    public static LayerDescription C3(int channels, int repeats, bool shortcut = true) => new C3Description(channels, repeats, shortcut, Previous);
}

/// <summary>A <see cref="C3Block"/>.</summary>
internal sealed record C3Description(int Channels, int Repeats, bool Shortcut, IReadOnlyList<int> From) : BlockDescription(From)
{
    internal override string Block => "C3";

    internal override (string, int, int, int)[] Sizes => [(nameof(Channels), Channels, 2, MaxChannels), (nameof(Repeats), Repeats, 1, MaxRepeats)];

    internal override LayerShape Output(IReadOnlyList<LayerShape> inputs, NetworkScale scale) => inputs[0] with { Channels = scale.Channels(Channels) };

    internal override long MaxWeights(IReadOnlyList<LayerShape> inputs, NetworkScale scale)
        => Widest(inputs, scale.Channels(Channels)) * scale.Channels(Channels) * (2 + (3 * (long)scale.Repeats(Repeats)));

    internal override Module Build(IReadOnlyList<LayerShape> inputs, NetworkScale scale)
        => new C3Block(inputs[0].Channels, scale.Channels(Channels), scale.Repeats(Repeats), Shortcut);

    internal override string Label(NetworkScale scale) => Times(Block, scale.Repeats(Repeats));

    internal override T Accept<T>(IBlockVisitor<T> visitor) => visitor.Visit(this);
}

/// <summary>Cross-stage partial block (Wang et al. 2020): half the channels pass a row of bottlenecks, half go by, a third convolution joins them.</summary>
internal sealed class C3Block : Module<Tensor, Tensor>
{
    [ComponentName(Name = "cv1")]
    private readonly ConvBlock _through;

    [ComponentName(Name = "cv2")]
    private readonly ConvBlock _past;

    [ComponentName(Name = "cv3")]
    private readonly ConvBlock _join;

    [ComponentName(Name = "m")]
    private readonly Sequential _bottlenecks;

    /// <param name="inputChannels">Channels in.</param>
    /// <param name="outputChannels">Channels out, even.</param>
    /// <param name="repeats">Bottlenecks in a row.</param>
    /// <param name="shortcut">Whether each adds its input.</param>
    /// <param name="firstKernel">Side of the kernel of each bottleneck's first convolution, pixels.</param>
    public C3Block(int inputChannels, int outputChannels, int repeats, bool shortcut, int firstKernel = 1)
        : base(nameof(C3Block))
    {
        var hidden = outputChannels / 2;
        _through = new ConvBlock(inputChannels, hidden);
        _past = new ConvBlock(inputChannels, hidden);
        _join = new ConvBlock(2 * hidden, outputChannels);
        var blocks = Enumerable.Range(0, repeats).Select(_ => new BottleneckBlock(hidden, hidden, hidden, shortcut, firstKernel));
        _bottlenecks = Sequential(blocks.Select((block, i) => ($"{i}", (Module<Tensor, Tensor>)block)));
        RegisterComponents();
    }

    public override Tensor forward(Tensor input)
    {
        using var scope = NewDisposeScope();
        var through = _bottlenecks.call(_through.call(input));
        return _join.call(cat([through, _past.call(input)], 1)).MoveToOuterDisposeScope();
    }
}
