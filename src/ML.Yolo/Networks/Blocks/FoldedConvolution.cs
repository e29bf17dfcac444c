using TorchSharp;
using static TorchSharp.torch;
using static TorchSharp.torch.nn;

namespace ML.Yolo.Networks;

/// <summary>A convolution with its norm folded in, and SiLU where wanted, for scoring.</summary>
internal sealed class FoldedConvolution : IDisposable
{
    private readonly Tensor _weight;
    private volatile Tensor? _packed;
    private readonly Tensor _bias;
    private readonly (int Stride, int Padding, int Groups) _shape;
    private readonly (Scalar Padding, Scalar Stride, Scalar Groups) _scalars;
    private readonly bool _isActivated;

    /// <param name="weight">(C₂, C₁ / groups, K, K).</param>
    /// <param name="bias">(C₂).</param>
    /// <param name="stride">Pixels from one output to the next.</param>
    /// <param name="padding">Zeros on each side.</param>
    /// <param name="groups">Groups of channels that see only each other.</param>
    /// <param name="isActivated">Whether SiLU follows.</param>
    public FoldedConvolution(Tensor weight, Tensor bias, int stride, int padding, int groups, bool isActivated)
    {
        (_weight, _bias, _shape, _isActivated) = (weight.DetachFromDisposeScope(), bias.DetachFromDisposeScope(), (stride, padding, groups), isActivated);
        _scalars = (((long)padding).ToScalar(), ((long)stride).ToScalar(), ((long)groups).ToScalar());
    }

    /// <summary>(B, C₁, H, W) to (B, C₂, H / stride, W / stride).</summary>
    public Tensor Run(Tensor input)
    {
        using var scope = NewDisposeScope();
        var (stride, padding, groups) = _shape;
        if (_isActivated && FusedConvolution.CanRun(input) && FusedConvolution.Instance is { } fused)
        {
            var activated = fused.Run(input, Packed(fused, input), _bias, _scalars);
            GC.KeepAlive(this);                                                           // and with it the numbers, which LibTorch reads late
            return activated.MoveToOuterDisposeScope();
        }

        var output = functional.conv2d(input, _weight, _bias, [stride, stride], [padding, padding], groups: groups);
        return (_isActivated ? functional.silu(output, inplace: true) : output).MoveToOuterDisposeScope();
    }

    /// <summary>Packed for the first input. Where two are first at a time, the collector has one of the results.</summary>
    private Tensor Packed(FusedConvolution fused, Tensor input) => _packed ??= fused.Pack(_weight, _scalars, input).DetachFromDisposeScope();

    /// <inheritdoc/>
    public void Dispose()
    {
        _weight.Dispose();
        _packed?.Dispose();
        _bias.Dispose();
    }
}
