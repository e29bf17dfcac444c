using TorchSharp;
using TorchSharp.Modules;
using static TorchSharp.torch;

namespace ML.Yolo.Training;

/// <summary>
/// A network that learns through copies: on several devices of one machine, or in half precision, or both. Each device runs a share of the batch, the loss sees all predictions together, and the gradients are added up.
/// </summary>
/// <remarks>
/// The loss of a batch is thus that of the whole batch, whatever the number of devices. Norm statistics are those of the first device's share, as in PyTorch's DataParallel. On one device in single precision it is the network
/// itself that runs. In half precision the convolutions of the copies do; the network keeps the weights in single, so that small steps are not lost (Micikevicius et al. 2018, section 3.1).
/// </remarks>
internal sealed class ReplicatedNetwork : IDisposable
{
    private readonly YoloNetwork _network;
    private readonly Device _device;
    private readonly ScalarType _type;
    private readonly (YoloNetwork Network, Device Device)[] _runners;

    /// <param name="network">The network that learns, on the first device; not owned.</param>
    /// <param name="devices">All devices, the network's own first.</param>
    /// <param name="frozenLayers">Its first layers that do not learn.</param>
    /// <param name="precision">What convolutions compute in.</param>
    public ReplicatedNetwork(YoloNetwork network, IReadOnlyList<Device> devices, int frozenLayers, TrainingPrecision precision)
    {
        (_network, _device) = (network, devices[0]);
        _type = precision == TrainingPrecision.Full ? ScalarType.Float32 : ScalarType.BFloat16;
        var runsItself = precision == TrainingPrecision.Full;
        _runners = [.. devices.Select((device, i) => (i == 0 && runsItself ? network : Copy(device, frozenLayers), device))];
    }

    private IEnumerable<YoloNetwork> Copies => _runners.Select(runner => runner.Network).Where(runner => runner != _network);

    /// <summary>Puts network and copies into training mode.</summary>
    public void Train()
    {
        _network.train();
        foreach (var copy in Copies)
            copy.train();
    }

    /// <summary>Runs a batch.</summary>
    /// <param name="images">(B, 3, H, W) on the first device.</param>
    /// <returns>Per layer (B, A, H / stride, W / stride, 5 + C) logits in single precision on the first device.</returns>
    public Tensor[] Forward(Tensor images)
    {
        if (_runners is [var only] && only.Network == _network)
            return _network.call(images);
        using var scope = NewDisposeScope();
        var shares = images.chunk(_runners.Length, 0);                                    // a small batch may give fewer
        var maps = shares.Select((share, i) => _runners[i].Network.call(share.to(_type, _runners[i].Device))).ToList();
        return [.. maps[0].Select((_, layer) => cat([.. maps.Select(share => share[layer].to(ScalarType.Float32, _device))], 0).MoveToOuterDisposeScope())];
    }

    /// <summary>Adds the copies' gradients to the network's, clears them, and takes over the first share's norm statistics.</summary>
    public void GatherGradients()
    {
        using var noGradient = no_grad();
        using var scope = NewDisposeScope();
        foreach (var copy in Copies)
        {
            foreach (var (own, other) in _network.parameters().Zip(copy.parameters()))
            {
                if (other.grad is not { } gradient)
                    continue;
                own.grad = own.grad is { } sum ? sum.add_(gradient.to(ScalarType.Float32, _device)) : gradient.to(ScalarType.Float32, _device, copy: true);
                gradient.zero_();
            }
        }

        if (_runners[0].Network == _network)
            return;
        foreach (var (own, first) in _network.buffers().Zip(_runners[0].Network.buffers()))
            own.copy_(first);
    }

    /// <summary>Gives the copies the weights that the network has now.</summary>
    public void Broadcast()
    {
        foreach (var copy in Copies)
            copy.CopyStateFrom(_network);
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        foreach (var copy in Copies)
            copy.Dispose();
    }

    private YoloNetwork Copy(Device device, int frozenLayers)
    {
        var copy = _network.Clone();
        copy.to(device);
        foreach (var convolution in copy.modules().OfType<Conv2d>())
            convolution.to(_type);
        copy.Freeze(frozenLayers);
        copy.train(_network.training);
        return copy;
    }
}
