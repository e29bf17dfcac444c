using TorchSharp;
using TorchSharp.Modules;
using static TorchSharp.torch;

namespace ML.Yolo.Training;

/// <summary>Runs a copy of the network whose convolutions compute in half precision.</summary>
/// <remarks>The network keeps the weights in single precision, so that small steps are not lost (Micikevicius et al. 2018, section 3.1).</remarks>
internal sealed class HalfPrecisionRunner : NetworkRunner
{
    private readonly ScalarType _type;
    private readonly YoloNetwork _copy;

    /// <param name="network">The network that learns, on its device; not owned.</param>
    /// <param name="type">What convolutions compute in.</param>
    /// <param name="frozenLayers">First layers that do not learn.</param>
    public HalfPrecisionRunner(YoloNetwork network, ScalarType type, int frozenLayers)
        : base(network)
    {
        (_type, _copy) = (type, network.Clone());
        foreach (var convolution in _copy.modules().OfType<Conv2d>())
            convolution.to(type);
        _copy.Freeze(frozenLayers);
        _copy.train(network.training);
    }

    public override void Train()
    {
        Network.train();
        _copy.train();
    }

    public override Tensor[] Forward(Tensor images)
    {
        using var scope = NewDisposeScope();
        return Array.ConvertAll(_copy.call(images.to(_type)), map => map.to(ScalarType.Float32).MoveToOuterDisposeScope());
    }

    /// <summary>Gradients are added up in single precision: in half a sum over many batches would lose the small ones.</summary>
    public override void Collect()
    {
        using var noGradient = no_grad();
        using var scope = NewDisposeScope();
        GradientSum.Move(_copy, Network);
        foreach (var (own, seen) in Network.buffers().Zip(_copy.buffers()))
            own.copy_(seen);
    }

    public override void Refresh() => _copy.CopyStateFrom(Network);

    public override void Dispose() => _copy.Dispose();
}
