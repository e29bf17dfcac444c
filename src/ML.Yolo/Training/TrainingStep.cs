using ML.Yolo.Imaging;
using static TorchSharp.torch;

namespace ML.Yolo.Training;

/// <summary>What a batch does to the weights: forward, loss, backward, exchange of gradients, clip, step, average.</summary>
internal sealed class TrainingStep
{
    private const double LossFault = 2;
    private const double GradientFault = 1;

    private readonly DeviceReplicas _replicas;
    private readonly DetectionLoss _loss;
    private readonly BatchScale _scale;
    private readonly GradientExchange _exchange;
    private readonly Optimization _optimization;
    private readonly ExponentialMovingAverage _average;

    // Samples whose gradients were added since the last step.
    private readonly List<int> _samples = [];

    /// <param name="replicas">The network that learns, on its devices.</param>
    /// <param name="loss">The loss; told whether it sees whole batches.</param>
    /// <param name="scale">The size each batch is trained at.</param>
    /// <param name="exchange">Where learners agree.</param>
    /// <param name="optimization">The optimiser.</param>
    /// <param name="average">The averaged network.</param>
    public TrainingStep(
        DeviceReplicas replicas, DetectionLoss loss, BatchScale scale, GradientExchange exchange, Optimization optimization, ExponentialMovingAverage average)
    {
        (_replicas, _loss, _scale, _exchange, _optimization, _average) = (replicas, loss, scale, exchange, optimization, average);
        loss.SumOverShares = exchange.SharesBatches ? numbers => exchange.Sum(numbers) : null;
    }

    /// <summary>Learns from a batch.</summary>
    /// <param name="batch">The batch.</param>
    /// <param name="place">Which one it is.</param>
    /// <param name="mustStep">Whether to step even where gradients of more batches are wanted.</param>
    /// <param name="losses">Gets the terms of the loss.</param>
    /// <returns>Null where all is finite; otherwise why no step was made, the same for all learners.</returns>
    public Divergence? Learn(TrainingBatch batch, BatchPlace place, bool mustStep, RunningMean losses)
    {
        _optimization.BeginBatch(place.Epoch);
        using var total = AddGradients(batch, place, losses);
        _samples.AddRange(batch.AllSamples);
        var isDue = _optimization.CountBatch(mustStep);
        var norm = isDue ? ClippedNorm() : 0;
        // The norm has waited for the device already; where there was none, this is the batch's one wait.
        var fault = !double.IsFinite(Number(total)) ? LossFault : !double.IsFinite(norm) ? GradientFault : 0;
        switch (_exchange.Max(fault))
        {
            case LossFault:
                return Divergence.OfLoss(place, batch.AllSamples);
            case GradientFault:
                return Divergence.OfGradients(place, _samples);
        }

        if (isDue)
            Step();
        return null;
    }

    /// <summary>Forward and backward. The loss of the batch or of this process's share, a scalar that the caller disposes.</summary>
    private Tensor AddGradients(TrainingBatch batch, BatchPlace place, RunningMean losses)
    {
        using var scope = NewDisposeScope();
        if (batch.Samples.Length == 0)
        {
            _loss.ComputeNothing();
            losses.Add(new Dictionary<string, Tensor>(), images: 0, batch.AllSamples.Length);
            return zeros([]).DetachFromDisposeScope();
        }

        var images = _scale.Apply(ImageBatch.ToInput(batch.Pixels, _replicas.Device), place.Epoch, place.Index);
        var result = _loss.Compute(_replicas.Forward(images), batch.Targets);
        result.Total.backward();
        _replicas.Collect();
        losses.Add(result.Terms, batch.Samples.Length, batch.AllSamples.Length);
        return result.Total.detach().DetachFromDisposeScope();
    }

    /// <summary>The gradients of all learners together, clipped. Their norm before that.</summary>
    private double ClippedNorm()
    {
        _exchange.SumGradients(_replicas.Network);
        return _optimization.Clip();
    }

    private void Step()
    {
        _samples.Clear();
        _optimization.Step();
        _average.Update();
        _exchange.ShareWeights(_replicas.Network);
        _replicas.Refresh();
    }

    private static double Number(Tensor total)
    {
        using var scope = NewDisposeScope();
        return total.to(ScalarType.Float64).item<double>();
    }
}
