using static TorchSharp.torch;
using static TorchSharp.torch.nn;

namespace ML.Yolo.Networks;

/// <summary>Spatial pyramid pooling, fast: the same max pool applied once, twice and three times, joined with its input.</summary>
internal sealed class SppfBlock : Module<Tensor, Tensor>
{
    private readonly ConvBlock _reduce;
    private readonly ConvBlock _join;
    private readonly int _kernel;

    public SppfBlock(int inputChannels, int outputChannels, int kernel)
        : base(nameof(SppfBlock))
    {
        _kernel = kernel;
        _reduce = new ConvBlock(inputChannels, inputChannels / 2);
        _join = new ConvBlock(inputChannels / 2 * 4, outputChannels);
        register_module("cv1", _reduce);
        register_module("cv2", _join);
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
