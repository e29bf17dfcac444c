using TorchSharp.Utils;
using static TorchSharp.torch;
using static TorchSharp.torch.nn;

namespace ML.Yolo.Networks;

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
