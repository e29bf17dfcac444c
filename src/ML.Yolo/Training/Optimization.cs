using TorchSharp.Modules;
using static TorchSharp.torch;

namespace ML.Yolo.Training;

/// <summary>The optimiser over three groups of parameters, with warm-up and a cosine schedule.</summary>
/// <remarks>
/// Convolution weights decay, norm weights and biases do not. During warm-up rate and momentum rise linearly to their values while the biases' rate falls to it from a higher one; then the rate follows half a cosine
/// down to its final fraction.
/// </remarks>
internal sealed class Optimization : IDisposable
{
    private readonly YoloTrainer.Options _options;
    private readonly YoloNetwork _network;
    private readonly OptimizerHelper _optimizer;
    private readonly ParamGroup[] _groups;
    private readonly long _totalBatches;
    private readonly long _warmupBatches;
    private long _batch;
    private int _accumulated;

    public Optimization(YoloNetwork network, YoloTrainer.Options options, int batchesPerEpoch)
    {
        (_network, _options) = (network, options);
        _totalBatches = (long)batchesPerEpoch * options.MaxEpoch;
        _warmupBatches = Math.Min((long)Math.Round(options.WarmupEpochs * batchesPerEpoch), _totalBatches / 2);
        (_optimizer, _groups) = Create(options, [(Select(IsDecayed), Decay(options)), (Select(IsNorm), 0), (Select(IsBias), 0)]);
    }

    /// <summary>Rate of the weights for the batch at hand.</summary>
    public double LearningRate => _groups[0].LearningRate;

    /// <summary>Share of the warm-up that is over, in [0, 1].</summary>
    private double Warmth => _batch >= _warmupBatches ? 1 : (double)_batch / _warmupBatches;

    private static bool IsBias(string name, Tensor parameter) => name.EndsWith(".bias", StringComparison.Ordinal);

    private static bool IsNorm(string name, Tensor parameter) => !IsBias(name, parameter) && parameter.dim() == 1;

    private static bool IsDecayed(string name, Tensor parameter) => !IsBias(name, parameter) && parameter.dim() > 1;

    /// <summary>Sets rates and momentum for the next batch.</summary>
    public void BeginBatch()
    {
        var progress = _totalBatches <= 1 ? 1 : (double)_batch / (_totalBatches - 1);
        var cosine = (1 + Math.Cos(Math.PI * progress)) / 2;
        var rate = _options.LearningRate * (_options.FinalLearningRateFraction + ((1 - _options.FinalLearningRateFraction) * cosine));
        foreach (var group in _groups)
        {
            var start = group == _groups[^1] ? _options.WarmupBiasLearningRate : 0;
            group.LearningRate = Interpolate(start, rate, Warmth);
            SetMomentum(group, Interpolate(_options.WarmupMomentum, _options.Momentum, Warmth));
        }

        _batch++;
    }

    /// <summary>Counts a batch whose gradients were added, and steps once the nominal batch is full; while warming up, sooner. True if it stepped.</summary>
    public bool EndBatch(int images)
    {
        _accumulated += images;
        if (_accumulated < Interpolate(Math.Min(_options.BatchSize, _options.NominalBatchSize), _options.NominalBatchSize, Warmth))
            return false;
        _accumulated = 0;
        using var scope = NewDisposeScope();                                              // TorchSharp wraps each gradient anew
        if (_options.GradientClipNorm > 0)
            nn.utils.clip_grad_norm_(_network.parameters(), _options.GradientClipNorm);
        _optimizer.step();
        _optimizer.zero_grad();
        return true;
    }

    /// <inheritdoc/>
    public void Dispose() => _optimizer.Dispose();

    private static double Interpolate(double from, double to, double share) => from + ((to - from) * share);

    /// <summary>The decay is meant for nominal batches: batches larger than that step less often, and decay more each time.</summary>
    private static double Decay(YoloTrainer.Options options) => options.WeightDecay * Math.Max(1.0, (double)options.BatchSize / options.NominalBatchSize);

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
