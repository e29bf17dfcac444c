using TorchSharp;
using static TorchSharp.torch;
using static TorchSharp.torch.nn;

namespace ML.Yolo.Networks;

/// <summary>A convolution with its norm folded in, and SiLU where wanted, for scoring.</summary>
internal sealed class FoldedConvolution : IDisposable
{
    private readonly Lock _packing = new();
    private readonly Tensor _weight;
    private readonly Tensor _bias;
    private readonly (int Stride, int Padding, int Groups) _shape;
    private readonly (Scalar Padding, Scalar Stride, Scalar Groups) _scalars;
    private readonly FusedConvolution? _fused;
    private volatile Tensor? _packed;

    /// <param name="weight">(C₂, C₁ / groups, K, K).</param>
    /// <param name="bias">(C₂).</param>
    /// <param name="stride">Pixels from one output to the next.</param>
    /// <param name="padding">Zeros on each side.</param>
    /// <param name="groups">Groups of channels that see only each other.</param>
    /// <param name="isActivated">Whether SiLU follows.</param>
    public FoldedConvolution(Tensor weight, Tensor bias, int stride, int padding, int groups, bool isActivated)
    {
        (_weight, _bias, _shape, IsActivated) = (weight.DetachFromDisposeScope(), bias.DetachFromDisposeScope(), (stride, padding, groups), isActivated);
        _scalars = (((long)padding).ToScalar(), ((long)stride).ToScalar(), ((long)groups).ToScalar());
        _fused = isActivated && FusedConvolution.CanRun(weight) ? FusedConvolution.Instance : null;
    }

    private bool IsActivated { get; }

    /// <summary>(B, C₁, H, W) to (B, C₂, H / stride, W / stride).</summary>
    /// <param name="input">Of the weights' type, on their device.</param>
    public Tensor Run(Tensor input)
    {
        using var scope = NewDisposeScope();
        if (_fused is not null)
        {
            var activated = _fused.Run(input, Packed(_fused, input), _bias, _scalars);
            GC.KeepAlive(this);                                                           // and with it the numbers, which LibTorch reads late
            return activated.MoveToOuterDisposeScope();
        }

        var (stride, padding, groups) = _shape;
        var output = functional.conv2d(input, _weight, _bias, [stride, stride], [padding, padding], groups: groups);
        return (IsActivated ? functional.silu(output, inplace: true) : output).MoveToOuterDisposeScope();
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _weight.Dispose();
        _packed?.Dispose();
        _bias.Dispose();
    }

    /// <summary>The weights, packed for the first input, after which those in plain order are not needed any more.</summary>
    private Tensor Packed(FusedConvolution fused, Tensor input)
    {
        if (_packed is { } packed)
            return packed;
        lock (_packing)
        {
            if (_packed is not null)
                return _packed;
            _packed = fused.Pack(_weight, _scalars, input).DetachFromDisposeScope();
            _weight.Dispose();
            return _packed;
        }
    }
}
