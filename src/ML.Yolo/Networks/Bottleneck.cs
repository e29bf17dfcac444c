using TorchSharp.Utils;
using static TorchSharp.torch;
using static TorchSharp.torch.nn;

namespace ML.Yolo.Networks;

/// <summary>A 1 × 1 and a 3 × 3 convolution: (B, C₁, H, W) to (B, C₂, H, W), added to the input where <c>shortcut</c> says so and the channels are as many.</summary>
internal sealed class Bottleneck : Module<Tensor, Tensor>
{
    [ComponentName(Name = "cv1")]
    private readonly ConvBlock _reduce;

    [ComponentName(Name = "cv2")]
    private readonly ConvBlock _expand;

    private readonly bool _shortcut;

    public Bottleneck(int inputChannels, int outputChannels, int hidden, bool shortcut)
        : base(nameof(Bottleneck))
    {
        _shortcut = shortcut && inputChannels == outputChannels;
        _reduce = new ConvBlock(inputChannels, hidden);
        _expand = new ConvBlock(hidden, outputChannels, kernel: 3);
        RegisterComponents();
    }

    /// <summary>Whether the input is added to the output.</summary>
    public bool HasShortcut => _shortcut;

    public override Tensor forward(Tensor input)
    {
        using var scope = NewDisposeScope();
        var output = _expand.call(_reduce.call(input));
        return (_shortcut ? input + output : output).MoveToOuterDisposeScope();
    }
}
