using System.Text.Json.Serialization;
using ML.Yolo.Networks;
using ML.Yolo.Tensors;
using TorchSharp.Utils;
using static TorchSharp.torch;
using static TorchSharp.torch.nn;

namespace ML.Yolo;

[JsonDerivedType(typeof(BottleneckDescription), "Bottleneck")]
public abstract partial record LayerDescription
{
    /// <summary>A 1 × 1 convolution to half the channels and a 3 × 3 one, added to the input where that has as many channels: a residual block.</summary>
    /// <param name="channels">Channels out, before scaling.</param>
    /// <param name="repeats">Blocks in a row, before scaling.</param>
    /// <param name="shortcut">Whether the input is added.</param>
    public static LayerDescription Bottleneck(int channels, int repeats = 1, bool shortcut = true)
        => new BottleneckDescription(channels, repeats, shortcut, Previous);
}

/// <summary>One <see cref="BottleneckBlock"/>, or several in a row.</summary>
internal sealed record BottleneckDescription(int Channels, int Repeats, bool Shortcut, IReadOnlyList<int> From) : BlockDescription(From)
{
    internal override string Block => "Bottleneck";

    internal override (string, int, int, int)[] Sizes => [(nameof(Channels), Channels, 1, MaxChannels), (nameof(Repeats), Repeats, 1, MaxRepeats)];

    internal override LayerShape Output(IReadOnlyList<LayerShape> inputs, NetworkScale scale) => inputs[0] with { Channels = scale.Channels(Channels) };

    internal override long MaxWeights(IReadOnlyList<LayerShape> inputs, NetworkScale scale)
        => 5 * Widest(inputs, scale.Channels(Channels)) * Widest(inputs, scale.Channels(Channels)) * scale.Repeats(Repeats);

    /// <summary>One block is a layer by itself; several are a sequence, which their names show.</summary>
    internal override Module Build(IReadOnlyList<LayerShape> inputs, NetworkScale scale)
    {
        var (input, output, repeats) = (inputs[0].Channels, scale.Channels(Channels), scale.Repeats(Repeats));
        var blocks = Enumerable.Range(0, repeats).Select(i => new BottleneckBlock(i == 0 ? input : output, output, output / 2, Shortcut)).ToArray();
        return repeats == 1 ? blocks[0] : Sequential(blocks.Select((block, i) => ($"{i}", (Module<Tensor, Tensor>)block)));
    }

    internal override string Label(NetworkScale scale) => Times(Block, scale.Repeats(Repeats));

    internal override T Accept<T>(IBlockVisitor<T> visitor) => visitor.Visit(this);
}

/// <summary>Two convolutions: (B, C₁, H, W) to (B, C₂, H, W), added to the input where <c>shortcut</c> says so and the channels are as many.</summary>
internal sealed class BottleneckBlock : Module<Tensor, Tensor>
{
    [ComponentName(Name = "cv1")]
    private readonly ConvBlock _reduce;

    [ComponentName(Name = "cv2")]
    private readonly ConvBlock _expand;

    private readonly bool _hasShortcut;

    /// <param name="inputChannels">C₁.</param>
    /// <param name="outputChannels">C₂.</param>
    /// <param name="hidden">Channels between the two.</param>
    /// <param name="shortcut">Whether the input is added where the channels are as many.</param>
    /// <param name="firstKernel">Side of the first convolution's kernel, pixels.</param>
    public BottleneckBlock(int inputChannels, int outputChannels, int hidden, bool shortcut, int firstKernel = 1)
        : base(nameof(BottleneckBlock))
    {
        _hasShortcut = shortcut && inputChannels == outputChannels;
        _reduce = new ConvBlock(inputChannels, hidden, firstKernel);
        _expand = new ConvBlock(hidden, outputChannels, kernel: 3);
        RegisterComponents();
    }

    public override Tensor forward(Tensor input)
    {
        using var scope = NewDisposeScope();
        var output = _expand.call(_reduce.call(input));
        return (_hasShortcut ? input.Plus(output) : output).MoveToOuterDisposeScope();
    }
}
