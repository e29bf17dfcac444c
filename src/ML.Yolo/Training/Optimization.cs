using TorchSharp.Modules;
using static TorchSharp.torch;

namespace ML.Yolo.Training;

/// <summary>SGD with Nesterov momentum over three groups of parameters, with warm-up and a cosine schedule.</summary>
/// <remarks>
/// Convolution weights decay, norm weights and biases do not. During warm-up rate and momentum rise linearly to their values while the biases' rate falls to it from a higher one; then the rate follows half a cosine
/// down to its final fraction.
/// </remarks>
internal sealed class Optimization : IDisposable
{
    private readonly YoloTrainer.Options _options;
    private readonly YoloNetwork _network;
    private readonly SGD _optimizer;
    private readonly SGD.ParamGroup[] _groups;
    private readonly long _totalBatches;
    private readonly long _warmupBatches;
    private long _batch;
    private int _accumulated;

    public Optimization(YoloNetwork network, YoloTrainer.Options options, int batchesPerEpoch)
    {
        (_network, _options) = (network, options);
        _totalBatches = (long)batchesPerEpoch * options.MaxEpoch;
        _warmupBatches = Math.Min((long)Math.Round(options.WarmupEpochs * batchesPerEpoch), _totalBatches / 2);
        _groups = [Group(network, IsDecayed, Decay(options)), Group(network, IsNorm, 0), Group(network, IsBias, 0)];
        _optimizer = optim.SGD(_groups, options.LearningRate, options.Momentum, nesterov: true);
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
            group.Options.momentum = Interpolate(_options.WarmupMomentum, _options.Momentum, Warmth);
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

    private static SGD.ParamGroup Group(YoloNetwork network, Func<string, Tensor, bool> belongs, double decay)
        => new(network.named_parameters().Where(entry => belongs(entry.name, entry.parameter)).Select(entry => entry.parameter), weight_decay: decay);
}
