using TorchSharp.Modules;
using TorchSharp.Utils;
using static TorchSharp.torch;
using static TorchSharp.torch.nn;

namespace ML.Yolo.Networks;

/// <summary>Convolution without bias, batch norm, SiLU: (B, C₁, H, W) to (B, C₂, H / stride, W / stride).</summary>
internal sealed class ConvBlock : Module<Tensor, Tensor>
{
    // The reference's values, not PyTorch's defaults.
    internal const double NormEpsilon = 1e-3;
    private const double NormMomentum = 0.03;

    [ComponentName(Name = "conv")]
    private readonly Conv2d _convolution;

    [ComponentName(Name = "bn")]
    private readonly BatchNorm2d _norm;


    public ConvBlock(int inputChannels, int outputChannels, int kernel = 1, int stride = 1, int? padding = null)
        : base(nameof(ConvBlock))
    {
        _convolution = Conv2d(inputChannels, outputChannels, kernel, stride, padding ?? kernel / 2, bias: false);
        _norm = BatchNorm2d(outputChannels, NormEpsilon, NormMomentum);
        RegisterComponents();
    }

    public override Tensor forward(Tensor input)
    {
        using var scope = NewDisposeScope();
        return functional.silu(_norm.call(_convolution.call(input))).MoveToOuterDisposeScope();
    }
}
