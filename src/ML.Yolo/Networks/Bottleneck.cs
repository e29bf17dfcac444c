using TorchSharp.Utils;
using static TorchSharp.torch;
using static TorchSharp.torch.nn;

namespace ML.Yolo.Networks;

/// <summary>A 1 × 1 and a 3 × 3 convolution, added to the input where <c>shortcut</c> says so. Keeps the shape.</summary>
internal sealed class Bottleneck : Module<Tensor, Tensor>
{
    [ComponentName(Name = "cv1")]
    private readonly ConvBlock _reduce;

    [ComponentName(Name = "cv2")]
    private readonly ConvBlock _expand;

    private readonly bool _shortcut;

    public Bottleneck(int channels, bool shortcut)
        : base(nameof(Bottleneck))
    {
        _shortcut = shortcut;
        _reduce = new ConvBlock(channels, channels);
        _expand = new ConvBlock(channels, channels, kernel: 3);
        RegisterComponents();
    }

    public override Tensor forward(Tensor input)
    {
        using var scope = NewDisposeScope();
        var output = _expand.call(_reduce.call(input));
        return (_shortcut ? input + output : output).MoveToOuterDisposeScope();
    }
}
