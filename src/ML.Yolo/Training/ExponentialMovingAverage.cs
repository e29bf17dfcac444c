using static TorchSharp.torch;

namespace ML.Yolo.Training;

/// <summary>A second network whose weights follow those being trained, smoothed over many steps; it is the one that is validated and kept.</summary>
internal sealed class ExponentialMovingAverage : IDisposable
{
    private readonly (Tensor Average, Tensor Current)[] _state;
    private readonly AveragingSettings _settings;

    /// <summary>Starts from the weights of <paramref name="network"/>, on its device.</summary>
    /// <param name="network">The network being trained.</param>
    /// <param name="settings">How fast the average follows.</param>
    public ExponentialMovingAverage(YoloNetwork network, AveragingSettings settings)
    {
        _settings = settings;
        Network = network.Clone();
        Network.eval();
        var average = Network.state_dict();
        _state = [.. network.state_dict().Select(entry => (average[entry.Key], entry.Value))];
    }

    /// <summary>The averaged network, in evaluation mode.</summary>
    public YoloNetwork Network { get; }

    /// <summary>Updates made, one per step.</summary>
    public long Updates { get; set; }

    /// <summary>Moves the average towards the current weights: decay · (1 − e^(−updates / ramp)) of it stays.</summary>
    public void Update()
    {
        using var noGradient = no_grad();
        using var scope = NewDisposeScope();
        Updates++;
        var decay = _settings.Decay * (1 - Math.Exp(-Updates / _settings.RampUpdates));
        var weight = tensor((float)(1 - decay), device: _state[0].Average.device);
        foreach (var (average, current) in _state)
        {
            if (average.is_floating_point())
                average.lerp_(current, weight);
            else
                average.copy_(current);
        }
    }

    /// <summary>Whether every number of the average is finite. Waits for the device.</summary>
    public bool IsFinite()
    {
        using var noGradient = no_grad();
        using var scope = NewDisposeScope();
        return stack(_state.Where(entry => entry.Average.is_floating_point()).Select(entry => entry.Average.isfinite().all())).all().item<bool>();
    }

    /// <inheritdoc/>
    public void Dispose() => Network.Dispose();
}
