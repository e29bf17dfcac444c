using TorchSharp.Utils;
using static TorchSharp.torch;
using static TorchSharp.torch.nn;

namespace ML.Yolo.Networks;

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
