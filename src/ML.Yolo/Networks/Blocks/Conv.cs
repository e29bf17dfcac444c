using System.Text.Json.Serialization;
using ML.Yolo.Networks;
using ML.Yolo.Tensors;
using TorchSharp.Modules;
using TorchSharp.Utils;
using static TorchSharp.torch;
using static TorchSharp.torch.nn;

namespace ML.Yolo;

[JsonDerivedType(typeof(ConvDescription), "Conv")]
public abstract partial record LayerDescription
{
    /// <summary>Convolution without bias, batch norm, SiLU.</summary>
    /// <param name="channels">Channels out, before scaling.</param>
    /// <param name="kernel">Side of the kernel, pixels.</param>
    /// <param name="stride">Pixels from one output to the next.</param>
    /// <param name="padding">Zeros on each side; half the kernel where omitted.</param>
    /// <param name="from">The layer whose output goes in.</param>
    public static LayerDescription Conv(int channels, int kernel, int stride = 1, int? padding = null, int from = -1)
        => new ConvDescription(channels, kernel, stride, padding ?? kernel / 2, [from]);
}

/// <summary>A <see cref="ConvBlock"/>.</summary>
internal sealed record ConvDescription(int Channels, int Kernel, int Stride, int Padding, IReadOnlyList<int> From) : BlockDescription(From)
{
    internal override string Block => "Conv";

    internal override (string, int, int, int)[] Sizes =>
    [
        (nameof(Channels), Channels, 1, MaxChannels), (nameof(Kernel), Kernel, 1, MaxKernel), (nameof(Stride), Stride, 1, MaxKernel),
        (nameof(Padding), Padding, 0, MaxKernel),
    ];

    internal override LayerShape Output(IReadOnlyList<LayerShape> inputs, NetworkScale scale)
        => new(scale.Channels(Channels), Slide(inputs[0].Height, Padding, Kernel, Stride), Slide(inputs[0].Width, Padding, Kernel, Stride));

    internal override long MaxWeights(IReadOnlyList<LayerShape> inputs, NetworkScale scale)
        => (long)inputs[0].Channels * scale.Channels(Channels) * Kernel * Kernel;

    internal override Module Build(IReadOnlyList<LayerShape> inputs, NetworkScale scale)
        => new ConvBlock(inputs[0].Channels, scale.Channels(Channels), Kernel, Stride, Padding);

    internal override string Label(NetworkScale scale) => $"{Block} {Kernel}×{Kernel}{(Stride > 1 ? $" /{Stride}" : "")}";

    internal override T Accept<T>(IBlockVisitor<T> visitor) => visitor.Visit(this);
}

/// <summary>Convolution without bias, batch norm, SiLU where wanted: (B, C₁, H, W) to (B, C₂, H / stride, W / stride).</summary>
internal sealed class ConvBlock : Module<Tensor, Tensor>
{
    // The reference's values, not PyTorch's defaults.
    internal const double NormEpsilon = 1e-3;
    private const double NormMomentum = 0.03;

    [ComponentName(Name = "conv")]
    private readonly Conv2d _convolution;

    [ComponentName(Name = "bn")]
    private readonly BatchNorm2d _norm;

    private readonly bool _isActivated;
    private readonly int _stride;
    private readonly int _padding;
    private readonly int _groups;
    private volatile FoldedConvolution? _folded;

    /// <param name="inputChannels">C₁.</param>
    /// <param name="outputChannels">C₂.</param>
    /// <param name="kernel">Side of the kernel, pixels.</param>
    /// <param name="stride">Pixels from one output to the next.</param>
    /// <param name="padding">Zeros on each side; half the kernel where omitted.</param>
    /// <param name="groups">Groups of channels that see only each other.</param>
    /// <param name="isActivated">Whether SiLU follows the norm.</param>
    public ConvBlock(int inputChannels, int outputChannels, int kernel = 1, int stride = 1, int? padding = null, int groups = 1, bool isActivated = true)
        : base(nameof(ConvBlock))
    {
        (_isActivated, _stride, _padding, _groups) = (isActivated, stride, padding ?? kernel / 2, groups);
        _convolution = Conv2d(inputChannels, outputChannels, kernel, stride, padding ?? kernel / 2, groups: groups, bias: false);
        _norm = BatchNorm2d(outputChannels, NormEpsilon, NormMomentum);
        RegisterComponents();
    }

    protected override void Dispose(bool disposing)
    {
        if (disposing)
            _folded?.Dispose();
        base.Dispose(disposing);
    }

    /// <summary>Makes weights with the norm folded in, which are used where the block scores. Those it has stay as they are.</summary>
    public void Fold()
    {
        using var noGradient = no_grad();
        using var scope = NewDisposeScope();
        var factor = _norm.weight!.to(ScalarType.Float64) / _norm.running_var!.to(ScalarType.Float64).Plus(NormEpsilon).sqrt();       // (C₂)
        var bias = (_norm.bias!.to(ScalarType.Float64) - (_norm.running_mean!.to(ScalarType.Float64) * factor)).to(ScalarType.Float32);
        var weight = ChannelsLast.Of((_convolution.weight!.to(ScalarType.Float64) * factor.view(-1, 1, 1, 1)).to(ScalarType.Float32));
        _folded = new FoldedConvolution(weight, bias, _stride, _padding, _groups, _isActivated);
    }

    /// <summary>Forgets them, as they may be out of date. Others may be scoring with them: their memory is left to the collector.</summary>
    public void Unfold() => _folded = null;

    public override Tensor forward(Tensor input)
    {
        if (_folded is { } folded && !training && !is_grad_enabled())
            return folded.Run(input);
        using var scope = NewDisposeScope();
        var normed = _norm.call(_convolution.call(input));
        return (_isActivated ? functional.silu(normed) : normed).MoveToOuterDisposeScope();
    }
}
