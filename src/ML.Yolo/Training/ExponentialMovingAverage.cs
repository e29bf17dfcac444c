using static TorchSharp.torch;

namespace ML.Yolo.Training;

/// <summary>A second network whose weights follow those being trained, smoothed over many steps; it is the one that is validated and kept.</summary>
internal sealed class ExponentialMovingAverage : IDisposable
{
    private readonly (Tensor Average, Tensor Current)[] _state;
    private readonly double _decay;
    private readonly double _rampUpdates;
    private long _updates;

    /// <summary>Starts from the weights of <paramref name="network"/>, on its device.</summary>
    /// <param name="network">The network being trained.</param>
    /// <param name="decay">Decay in the long run, in [0, 1).</param>
    /// <param name="rampUpdates">Updates over which the decay grows towards that.</param>
    public ExponentialMovingAverage(YoloNetwork network, double decay, double rampUpdates)
    {
        (_decay, _rampUpdates) = (decay, rampUpdates);
        Network = network.Clone();
        Network.eval();
        var average = Network.state_dict();
        _state = [.. network.state_dict().Select(entry => (average[entry.Key], entry.Value))];
    }

    /// <summary>The averaged network, in evaluation mode.</summary>
    public YoloNetwork Network { get; }

    /// <summary>Updates made.</summary>
    public long Updates
    {
        get => _updates;
        set => _updates = value;
    }

    /// <summary>Moves the average towards the current weights: decay · (1 − e^(−updates / ramp)) of it stays.</summary>
    public void Update()
    {
        using var noGradient = no_grad();
        using var scope = NewDisposeScope();
        var decay = _decay * (1 - Math.Exp(-++_updates / _rampUpdates));
        var weight = tensor((float)(1 - decay), device: _state[0].Average.device);
        foreach (var (average, current) in _state)
        {
            if (average.is_floating_point())
                average.lerp_(current, weight);
            else
                average.copy_(current);
        }
    }

    /// <inheritdoc/>
    public void Dispose() => Network.Dispose();
}
