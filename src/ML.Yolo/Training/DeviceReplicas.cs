using TorchSharp;
using static TorchSharp.torch;

namespace ML.Yolo.Training;

/// <summary>A network on all devices that learn: each runs a share of every batch, and the loss sees all predictions together.</summary>
/// <remarks>
/// The loss of a batch is thus that of the whole batch, whatever the number of devices. Norm statistics are those of the first device's share, as in PyTorch's
/// DataParallel. The first device runs the network itself, the others copies.
/// </remarks>
internal sealed class DeviceReplicas : IDisposable
{
    private readonly NetworkRunner[] _runners;
    private readonly Device[] _devices;

    /// <param name="network">The network that learns, on the first device; not owned.</param>
    /// <param name="devices">All devices, the network's own first.</param>
    /// <param name="precision">What convolutions compute in.</param>
    /// <param name="frozenLayers">First layers that do not learn.</param>
    public DeviceReplicas(YoloNetwork network, IReadOnlyList<Device> devices, TrainingPrecision precision, int frozenLayers)
    {
        _devices = [.. devices];
        _runners = [.. devices.Select((device, i) => NetworkRunner.Create(i == 0 ? network : Copy(network, device, frozenLayers), precision, frozenLayers))];
    }

    /// <summary>The network that learns.</summary>
    public YoloNetwork Network => _runners[0].Network;

    /// <summary>Its copies on the other devices.</summary>
    public IEnumerable<YoloNetwork> Copies => _runners.Skip(1).Select(runner => runner.Network);

    /// <summary>The first device, where images are taken and maps are given.</summary>
    public Device Device => _devices[0];

    /// <summary>Puts all into training mode.</summary>
    public void Train()
    {
        foreach (var runner in _runners)
            runner.Train();
    }

    /// <summary>Runs a batch.</summary>
    /// <param name="images">(B, 3, H, W) on the first device.</param>
    /// <returns>The network's maps for the whole batch, in single precision on the first device.</returns>
    public Tensor[] Forward(Tensor images)
    {
        if (_runners is [var only])
            return only.Forward(images);
        using var scope = NewDisposeScope();
        var shares = images.chunk(_runners.Length, 0);                                    // a small batch may give fewer
        var maps = shares.Select((share, i) => _runners[i].Forward(share.to(_devices[i]))).ToList();
        return [.. maps[0].Select((_, layer) => cat([.. maps.Select(share => share[layer].to(Device))], 0).MoveToOuterDisposeScope())];
    }

    /// <summary>Brings the gradients of a backward pass to each device's network.</summary>
    public void Collect()
    {
        foreach (var runner in _runners)
            runner.Collect();
    }

    /// <summary>Makes what runs take over the weights of each device's network.</summary>
    public void Refresh()
    {
        foreach (var runner in _runners)
            runner.Refresh();
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        foreach (var runner in _runners)
            runner.Dispose();
        foreach (var copy in Copies)
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
