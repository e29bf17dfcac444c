using System.Text.Json.Serialization;
using ML.Yolo.Networks;
using TorchSharp.Utils;
using static TorchSharp.torch;
using static TorchSharp.torch.nn;

namespace ML.Yolo;

[JsonDerivedType(typeof(SppDescription), "SPP")]
public abstract partial record LayerDescription
{
    /// <summary>Spatial pyramid pooling: max pools of several sizes side by side.</summary>
    /// <param name="channels">Channels out, before scaling.</param>
    /// <param name="kernels">Sides of the pools, odd.</param>
    public static LayerDescription Spp(int channels, params int[] kernels) => new SppDescription(channels, kernels, Previous);
}

/// <summary>An <see cref="SppBlock"/>.</summary>
internal sealed record SppDescription(int Channels, IReadOnlyList<int> Kernels, IReadOnlyList<int> From) : BlockDescription(From)
{
    private const int MaxKernels = 16;

    internal override string Block => "SPP";

    internal override (string, int, int, int)[] Sizes =>
    [
        (nameof(Channels), Channels, 1, MaxChannels), ("Kernels.Count", Kernels?.Count ?? 0, 1, MaxKernels),
        .. (Kernels ?? []).Select(kernel => (nameof(Kernels), kernel, 1, MaxKernel)),
    ];

    internal override string? Flaw => Kernels.Any(kernel => kernel % 2 == 0) ? "has an even kernel; pools that keep the size are odd" : null;

    internal override LayerShape Output(IReadOnlyList<LayerShape> inputs, NetworkScale scale) => inputs[0] with { Channels = scale.Channels(Channels) };

    internal override long MaxWeights(IReadOnlyList<LayerShape> inputs, NetworkScale scale)
        => Widest(inputs, scale.Channels(Channels)) * Widest(inputs, scale.Channels(Channels)) * (1 + Kernels.Count);

    internal override Module Build(IReadOnlyList<LayerShape> inputs, NetworkScale scale)
        => new SppBlock(inputs[0].Channels, scale.Channels(Channels), Kernels);

    internal override T Accept<T>(IBlockVisitor<T> visitor) => visitor.Visit(this);
}

/// <summary>Spatial pyramid pooling (He et al. 2014): max pools of several sizes side by side, joined with their input.</summary>
internal sealed class SppBlock : Module<Tensor, Tensor>
{
    [ComponentName(Name = "cv1")]
    private readonly ConvBlock _reduce;

    [ComponentName(Name = "cv2")]
    private readonly ConvBlock _join;

    private readonly int[] _kernels;

    public SppBlock(int inputChannels, int outputChannels, IReadOnlyList<int> kernels)
        : base(nameof(SppBlock))
    {
        _kernels = [.. kernels];
        _reduce = new ConvBlock(inputChannels, inputChannels / 2);
        _join = new ConvBlock(inputChannels / 2 * (kernels.Count + 1), outputChannels);
        RegisterComponents();
    }

    public override Tensor forward(Tensor input)
    {
        using var scope = NewDisposeScope();
        var reduced = _reduce.call(input);
        var pooled = _kernels.Select(kernel => functional.max_pool2d(reduced, [kernel, kernel], [1, 1], [kernel / 2, kernel / 2]));
        return _join.call(cat([reduced, .. pooled], 1)).MoveToOuterDisposeScope();
    }
}
