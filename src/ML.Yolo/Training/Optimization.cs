using TorchSharp.Modules;
using static TorchSharp.torch;

namespace ML.Yolo.Training;

/// <summary>The optimiser over three groups of parameters, with warm-up and schedule.</summary>
/// <remarks>
/// Convolution weights decay, norm weights and biases do not. During warm-up rate and momentum rise linearly to their values while the biases' rate falls to it from a higher one, and gradients of ever more
/// batches are added up before a step, until there are as many as the nominal batch has.
/// </remarks>
internal sealed class Optimization : IDisposable
{
    // The reference's least warm-up, but no more than a fifth of a short run.
    private const long FewestWarmupBatches = 100;
    private const long FewestWarmupsARun = 5;

    private const double SgdBiasStart = 0.1;

    private readonly YoloTrainer.Options _options;
    private readonly YoloNetwork _network;
    private readonly OptimizerHelper _optimizer;
    private readonly ParamGroup[] _groups;
    private readonly long _warmupBatches;
    private long _batch;
    private int _sinceStep;

    public Optimization(YoloNetwork network, YoloTrainer.Options options, int batchesPerEpoch)
    {
        (_network, _options) = (network, options);
        _warmupBatches = WarmupBatches(options, batchesPerEpoch);
        (_optimizer, _groups) = Create(options, [(Select(IsDecayed), Decay(options)), (Select(IsNorm), 0), (Select(IsBias), 0)]);
    }

    /// <summary>Rate of the weights for the batch at hand.</summary>
    public double LearningRate => _groups[0].LearningRate;

    /// <summary>Share of the warm-up that is over, in [0, 1].</summary>
    private double Warmth => _batch >= _warmupBatches ? 1 : (double)_batch / _warmupBatches;

    private static bool IsBias(string name, Tensor parameter) => name.EndsWith(".bias", StringComparison.Ordinal);

    private static bool IsNorm(string name, Tensor parameter) => !IsBias(name, parameter) && parameter.dim() == 1;

    private static bool IsDecayed(string name, Tensor parameter) => !IsBias(name, parameter) && parameter.dim() > 1;

    /// <summary>Batches begun, and those of them since the last step.</summary>
    public (long Batches, int SinceStep) Position
    {
        get => (_batch, _sinceStep);
        set => (_batch, _sinceStep) = value;
    }

    /// <summary>Sets rates and momentum for the next batch.</summary>
    /// <param name="epoch">Which epoch it belongs to, from 1.</param>
    public void BeginBatch(int epoch)
    {
        var rate = _options.LearningRate * RateFactor.At(_options.Schedule, (epoch - 1.0) / _options.MaxEpoch, _options.FinalLearningRateFraction);
        foreach (var group in _groups)
        {
            var start = group == _groups[^1] ? BiasStart(_options) : 0;
            group.LearningRate = Interpolate(start, rate, Warmth);
            SetMomentum(group, Interpolate(_options.WarmupMomentum, _options.Momentum, Warmth));
        }
    }

    /// <summary>Counts a batch whose gradients were added, and steps once there are enough. True if it stepped.</summary>
    public bool EndBatch()
    {
        var wanted = Math.Max((int)Math.Round(Interpolate(1, BatchesAStep(_options), Warmth)), 1);
        _batch++;
        if (++_sinceStep < wanted)
            return false;
        _sinceStep = 0;
        using var scope = NewDisposeScope();                                              // TorchSharp wraps each gradient anew
        if (_options.GradientClipNorm > 0)
            nn.utils.clip_grad_norm_(_network.parameters(), _options.GradientClipNorm);
        _optimizer.step();
        _optimizer.zero_grad();
        return true;
    }

    /// <summary>What the optimiser remembers, such as momenta, by name. The tensors stay its own, or belong to the current dispose scope.</summary>
    public IEnumerable<KeyValuePair<string, Tensor>> State => OptimizerTensors.Of(_optimizer);

    /// <summary>Takes over what <see cref="State"/> gave.</summary>
    public void LoadState(IReadOnlyDictionary<string, Tensor> state, Device device) => OptimizerTensors.Load(_optimizer, state, device);

    /// <inheritdoc/>
    public void Dispose() => _optimizer.Dispose();

    private static double BiasStart(YoloTrainer.Options options) => options.WarmupBiasLearningRate ?? (options.Optimizer == OptimizerKind.Sgd ? SgdBiasStart : 0);

    private static long WarmupBatches(YoloTrainer.Options options, int batchesPerEpoch)
    {
        if (options.WarmupEpochs == 0)
            return 0;
        var all = (long)batchesPerEpoch * options.MaxEpoch;
        var wanted = (long)Math.Round(options.WarmupEpochs * batchesPerEpoch);
        return Math.Min(Math.Max(wanted, Math.Min(FewestWarmupBatches, all / FewestWarmupsARun)), all / 2);
    }

    private static double Interpolate(double from, double to, double share) => from + ((to - from) * share);

    private static double BatchesAStep(YoloTrainer.Options options) => (double)options.NominalBatchSize / options.BatchSize;

    /// <summary>The decay is meant for steps of nominal batches: larger steps are fewer, and decay more each time.</summary>
    private static double Decay(YoloTrainer.Options options)
        => options.WeightDecay * options.BatchSize * Math.Max(Math.Round(BatchesAStep(options)), 1) / options.NominalBatchSize;

    private static (OptimizerHelper Optimizer, ParamGroup[] Groups) Create(YoloTrainer.Options options, (Parameter[] Parameters, double Decay)[] groups)
    {
        var rate = options.LearningRate;
        switch (options.Optimizer)
        {
            case OptimizerKind.Adam:
                var adam = Array.ConvertAll(groups, group => new Adam.ParamGroup(group.Parameters, rate, options.Momentum, weight_decay: group.Decay));
                return (optim.Adam(adam, rate, options.Momentum), adam);
            case OptimizerKind.AdamW:
                var adamW = Array.ConvertAll(groups, group => new AdamW.ParamGroup(group.Parameters, rate, options.Momentum, weight_decay: group.Decay));
                return (optim.AdamW(adamW, rate, options.Momentum), adamW);
            default:
                var sgd = Array.ConvertAll(groups, group => new SGD.ParamGroup(group.Parameters, rate, options.Momentum, weight_decay: group.Decay, nesterov: true));
                return (optim.SGD(sgd, rate, options.Momentum, nesterov: true), sgd);
        }
    }

    private static void SetMomentum(ParamGroup group, double momentum)
    {
        if (group is SGD.ParamGroup sgd)
            sgd.Options.momentum = momentum;
        else if (group is Adam.ParamGroup adam)
            adam.Options.beta1 = momentum;
        else
            ((AdamW.ParamGroup)group).Options.beta1 = momentum;
    }

    private Parameter[] Select(Func<string, Tensor, bool> belongs)
        => [.. _network.named_parameters().Where(entry => belongs(entry.name, entry.parameter)).Select(entry => entry.parameter)];
}
