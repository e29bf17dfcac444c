using System.Text.Json.Serialization;
using ML.Yolo.Networks;
using TorchSharp.Utils;
using static TorchSharp.torch;
using static TorchSharp.torch.nn;

namespace ML.Yolo;

[JsonDerivedType(typeof(SppfDescription), "SPPF")]
public abstract partial record LayerDescription
{
    /// <summary>Spatial pyramid pooling, the fast form: one max pool three times over.</summary>
    /// <param name="channels">Channels out, before scaling.</param>
    /// <param name="kernel">Side of the pool, odd.</param>
    public static LayerDescription Sppf(int channels, int kernel = 5) => new SppfDescription(channels, kernel, Previous);
}

/// <summary>An <see cref="SppfBlock"/>.</summary>
internal sealed record SppfDescription(int Channels, int Kernel, IReadOnlyList<int> From) : BlockDescription(From)
{
    internal override string Block => "SPPF";

    internal override (string, int, int, int)[] Sizes => [(nameof(Channels), Channels, 1, MaxChannels), (nameof(Kernel), Kernel, 1, MaxKernel)];

    internal override string? Flaw => Kernel % 2 == 0 ? "has an even kernel; pools that keep the size are odd" : null;

    internal override LayerShape Output(IReadOnlyList<LayerShape> inputs, NetworkScale scale) => inputs[0] with { Channels = scale.Channels(Channels) };

    internal override long MaxWeights(IReadOnlyList<LayerShape> inputs, NetworkScale scale)
        => 3 * Widest(inputs, scale.Channels(Channels)) * Widest(inputs, scale.Channels(Channels));

    internal override Module Build(IReadOnlyList<LayerShape> inputs, NetworkScale scale)
        => new SppfBlock(inputs[0].Channels, scale.Channels(Channels), Kernel);

    internal override T Accept<T>(IBlockVisitor<T> visitor) => visitor.Visit(this);
}

/// <summary>Spatial pyramid pooling, fast: the same max pool applied once, twice and three times, joined with its input.</summary>
internal sealed class SppfBlock : Module<Tensor, Tensor>
{
    [ComponentName(Name = "cv1")]
    private readonly ConvBlock _reduce;

    [ComponentName(Name = "cv2")]
    private readonly ConvBlock _join;

    private readonly int _kernel;

    public SppfBlock(int inputChannels, int outputChannels, int kernel)
        : base(nameof(SppfBlock))
    {
        _kernel = kernel;
        _reduce = new ConvBlock(inputChannels, inputChannels / 2);
        _join = new ConvBlock(inputChannels / 2 * 4, outputChannels);
        RegisterComponents();
    }

    public override Tensor forward(Tensor input)
    {
        using var scope = NewDisposeScope();
        var reduced = _reduce.call(input);
        var once = Pool(reduced);
        var twice = Pool(once);
        return _join.call(cat([reduced, once, twice, Pool(twice)], 1)).MoveToOuterDisposeScope();
    }

    private Tensor Pool(Tensor input) => functional.max_pool2d(input, [_kernel, _kernel], [1, 1], [_kernel / 2, _kernel / 2]);
}
