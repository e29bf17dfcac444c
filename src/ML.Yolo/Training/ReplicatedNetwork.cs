using TorchSharp;
using static TorchSharp.torch;

namespace ML.Yolo.Training;

/// <summary>A network that learns on several devices of one machine at once: each runs a share of the batch through a copy, the loss sees all predictions together, and the gradients are added up.</summary>
/// <remarks>
/// The loss of a batch is thus that of the whole batch, whatever the number of devices. Norm statistics are those of the first device's share, as in PyTorch's DataParallel. With one device it is the network itself.
/// </remarks>
internal sealed class ReplicatedNetwork : IDisposable
{
    private readonly YoloNetwork _network;
    private readonly Device _device;
    private readonly (YoloNetwork Network, Device Device)[] _copies;

    /// <param name="network">The network that learns, on the first device; not owned.</param>
    /// <param name="devices">All devices, the network's own first.</param>
    /// <param name="frozenLayers">Its first layers that do not learn.</param>
    public ReplicatedNetwork(YoloNetwork network, IReadOnlyList<Device> devices, int frozenLayers)
    {
        (_network, _device) = (network, devices[0]);
        _copies = [.. devices.Skip(1).Select(device => (Copy(network, device, frozenLayers), device))];
    }

    /// <summary>Puts all copies into training mode.</summary>
    public void Train()
    {
        _network.train();
        foreach (var copy in _copies)
            copy.Network.train();
    }

    /// <summary>Runs a batch.</summary>
    /// <param name="images">(B, 3, H, W) on the first device.</param>
    /// <returns>Per layer (B, A, H / stride, W / stride, 5 + C) logits on the first device.</returns>
    public Tensor[] Forward(Tensor images)
    {
        if (_copies.Length == 0)
            return _network.call(images);
        using var scope = NewDisposeScope();
        var shares = images.chunk(1 + _copies.Length, 0);                                 // a small batch may give fewer
        var maps = shares.Select((share, i) => i == 0 ? _network.call(share) : _copies[i - 1].Network.call(share.to(_copies[i - 1].Device))).ToList();
        return [.. maps[0].Select((_, layer) => cat([.. maps.Select(share => share[layer].to(_device))], 0).MoveToOuterDisposeScope())];
    }

    /// <summary>Adds the copies' gradients to the network's, and clears them.</summary>
    public void GatherGradients()
    {
        using var noGradient = no_grad();
        using var scope = NewDisposeScope();
        foreach (var (copy, _) in _copies)
        {
            foreach (var (own, other) in _network.parameters().Zip(copy.parameters()))
            {
                if (other.grad is not { } gradient)
                    continue;
                own.grad = own.grad is { } sum ? sum.add_(gradient.to(_device)) : gradient.to(_device, copy: true);
                gradient.zero_();
            }
        }
    }

    /// <summary>Gives the copies the weights that the network has now.</summary>
    public void Broadcast()
    {
        foreach (var (copy, _) in _copies)
            copy.CopyStateFrom(_network);
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        foreach (var (copy, _) in _copies)
            copy.Dispose();
    }

    private static YoloNetwork Copy(YoloNetwork network, Device device, int frozenLayers)
    {
        var copy = network.Clone();
        copy.to(device);
        copy.Freeze(frozenLayers);
        copy.train(network.training);
        return copy;
    }
}
