using TorchSharp.Modules;
using static TorchSharp.torch;

namespace ML.Yolo.Training;

/// <summary>The optimiser over the groups of a network's parameters: it adds up batches until a step is due, clips their gradients, and steps.</summary>
internal sealed class Optimization : IDisposable
{
    // LibTorch makes no Nesterov optimiser without momentum; steps are made with the momentum of their batch, which may be 0.
    private const double AnyMomentum = 0.9;

    private readonly YoloNetwork _network;
    private readonly OptimizerSchedule _schedule;
    private readonly double _maxNorm;
    private readonly OptimizerHelper _optimizer;
    private readonly ParamGroup[] _groups;
    private readonly WeightUpdate _update;
    private OptimizerStep _step;
    private long _batch;
    private int _sinceStep;

    /// <param name="network">Whose parameters are optimised; not owned.</param>
    /// <param name="settings">Rule, rates and clipping.</param>
    /// <param name="batchesPerEpoch">Batches per epoch.</param>
    public Optimization(YoloNetwork network, OptimizerSettings settings, int batchesPerEpoch)
    {
        (_network, _schedule, _maxNorm) = (network, new OptimizerSchedule(settings, batchesPerEpoch), settings.MaxGradientNorm);
        (Parameter[] Parameters, double Decay)[] groups =
        [
            (ParameterGroups.Convolutions(network), settings.DecayPerStep),
            (ParameterGroups.Norms(network), 0),
            (ParameterGroups.Biases(network), 0),
        ];
        (_optimizer, _groups) = Create(settings, groups);
        _update = new WeightUpdate(_optimizer, _groups.Zip(groups, (group, given) => (group, given.Parameters, given.Decay)));
    }

    /// <summary>Rate of weights for the batch at hand.</summary>
    public double LearningRate => _step.LearningRate;

    /// <summary>Batches begun, and those of them since the last step.</summary>
    public (long Batches, int SinceStep) Position
    {
        get => (_batch, _sinceStep);
        set => (_batch, _sinceStep) = value;
    }

    /// <summary>What the optimiser remembers, such as momenta, by name. The tensors stay its own, or belong to the current dispose scope.</summary>
    public IEnumerable<KeyValuePair<string, Tensor>> State => OptimizerTensors.Of(_optimizer);

    /// <summary>Takes over what <see cref="State"/> gave.</summary>
    public void LoadState(IReadOnlyDictionary<string, Tensor> state, Device device) => OptimizerTensors.Load(_optimizer, [.. _update.Shapes], state, device);

    /// <summary>Sets rates and momentum for the next batch.</summary>
    /// <param name="epoch">Which epoch it belongs to, from 1.</param>
    public void BeginBatch(int epoch)
    {
        _step = _schedule.At(epoch, _batch);
        foreach (var group in _groups)
            group.LearningRate = group == _groups[^1] ? _step.BiasLearningRate : _step.LearningRate;
    }

    /// <summary>Counts a batch whose gradients were added. True if a step is due.</summary>
    /// <param name="mustStep">Whether a step is due even where the batches are too few.</param>
    public bool CountBatch(bool mustStep)
    {
        _batch++;
        return ++_sinceStep >= _step.Batches || mustStep;
    }

    /// <summary>Shortens the gradients if they are too long. Waits for the device.</summary>
    /// <returns>Norm of all gradients together before that: not finite where one of them is not.</returns>
    public double Clip()
    {
        using var scope = NewDisposeScope();                                              // TorchSharp wraps each gradient anew
        return nn.utils.clip_grad_norm_(_network.parameters(), _maxNorm);
    }

    /// <summary>Changes the weights, and clears the gradients.</summary>
    public void Step()
    {
        _sinceStep = 0;
        using var scope = NewDisposeScope();
        _update.Step(_step.Momentum);
        _optimizer.zero_grad();
    }

    /// <inheritdoc/>
    public void Dispose() => _optimizer.Dispose();

    private static (OptimizerHelper Optimizer, ParamGroup[] Groups) Create(OptimizerSettings settings, (Parameter[] Parameters, double Decay)[] groups)
    {
        var rate = settings.LearningRate;
        switch (settings.Kind)
        {
            case OptimizerKind.Adam:
                var adam = Array.ConvertAll(groups, group => new Adam.ParamGroup(group.Parameters, rate, AnyMomentum, weight_decay: group.Decay));
                return (optim.Adam(adam, rate, AnyMomentum), adam);
            case OptimizerKind.AdamW:
                var adamW = Array.ConvertAll(groups, group => new AdamW.ParamGroup(group.Parameters, rate, AnyMomentum, weight_decay: group.Decay));
                return (optim.AdamW(adamW, rate, AnyMomentum), adamW);
            default:
                var sgd = Array.ConvertAll(
                    groups, group => new SGD.ParamGroup(group.Parameters, rate, AnyMomentum, weight_decay: group.Decay, nesterov: true));
                return (optim.SGD(sgd, rate, AnyMomentum, nesterov: true), sgd);
        }
    }
}
