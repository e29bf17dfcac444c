using ML.Yolo.Tensors;
using static TorchSharp.torch;

namespace ML.Yolo;

/// <summary>The loss of a detector over a batch: it assigns targets to predictions and measures how far the predictions are from them.</summary>
/// <remarks>
/// Maps are what a network's head puts out, one tensor of logits per layer of predictions, finest first. Targets are (N, 6): image index, class index, and
/// centre x, centre y, width, height in [0, 1] of the network's input; N may be zero.
/// </remarks>
public abstract class DetectionLoss : IDisposable
{
    private readonly UnassignedTargets _unassigned;
    private bool _isWarned;

    private protected DetectionLoss(DetectionLossOptions options)
    {
        options.Check();
        _unassigned = options.UnassignedTargets;
    }

    /// <summary>Told, once, of targets that cannot be learned, where the options ask for that.</summary>
    public Action<string>? Warning { get; set; }

    /// <summary>Names of the terms, in the order of the report.</summary>
    public abstract IReadOnlyList<string> TermNames { get; }

    /// <summary>Number of layers of predictions, L.</summary>
    public abstract int LayerCount { get; }

    /// <summary>Replaces numbers by their sums over all processes that share every batch; null, the default, where this one has whole batches.</summary>
    /// <remarks>Means are then taken over the whole batch, so that the gradients of the shares add up to those of the whole.</remarks>
    internal Action<double[]>? SumOverShares { get; set; }

    /// <summary>Makes the loss that <paramref name="options"/> describe.</summary>
    /// <param name="options">The variant and its weights.</param>
    /// <param name="strides">Pixels per cell, by layer of predictions, finest first.</param>
    /// <param name="classCount">Number of classes, C.</param>
    /// <param name="anchors">(L, A, 2): widths and heights in cells of the layer, for variants with anchors.</param>
    /// <exception cref="ArgumentException">An option is out of range, or the anchors are missing or are not (L, A, 2) positive numbers.</exception>
    public static DetectionLoss Create(DetectionLossOptions options, IReadOnlyList<int> strides, int classCount, Tensor? anchors = null)
    {
        ArgumentNullException.ThrowIfNull(options);
        ArgumentNullException.ThrowIfNull(strides);
        return options.CreateLoss(strides, classCount, anchors);
    }

    /// <summary>The loss of a batch.</summary>
    /// <param name="maps">The maps of logits, on one device.</param>
    /// <param name="targets">(N, 6): image, class, cx, cy, w, h in [0, 1].</param>
    /// <exception cref="ArgumentException">
    /// Shapes do not fit, or a target holds a number that is not finite, an image outside the batch or a class outside the range.
    /// </exception>
    /// <exception cref="InvalidOperationException">No prediction can take a target and <see cref="UnassignedTargets.Throw"/> is set.</exception>
    /// <remarks>
    /// Maps of 32 or 64 bits on the CPU are read where they lie, and their gradient is written once, where the loss knows how; it cannot be differentiated
    /// again. Everything else is computed by tensor operations, with the same result within 1e-6.
    /// </remarks>
    public DetectionLossResult Compute(IReadOnlyList<Tensor> maps, Tensor targets)
    {
        using var scope = NewDisposeScope();
        return (ComputeAnalytically(maps, targets) ?? ComputeByTensors(maps, targets)).MoveToOuterDisposeScope();
    }

    /// <summary>The loss by tensor operations alone: its definition in full, for any device and type.</summary>
    /// <inheritdoc cref="Compute"/>
    internal DetectionLossResult ComputeByTensors(IReadOnlyList<Tensor> maps, Tensor targets)
    {
        using var scope = NewDisposeScope();
        var terms = ComputeTerms(maps, targets);
        var total = terms.Values.Aggregate(Arithmetic.Plus).Times(maps[0].shape[0]);
        var detached = terms.ToDictionary(term => term.Key, term => term.Value.detach().MoveToOuterDisposeScope());
        return new DetectionLossResult(total.MoveToOuterDisposeScope(), detached);
    }

    /// <summary>
    /// Takes part in the sums over the shares of a batch where this process has no image of it. What the loss learns from batch to batch stays as it is with
    /// the others.
    /// </summary>
    internal abstract void ComputeNothing();

    /// <summary>The loss over plain memory; null where the maps, or the options, are not made for it.</summary>
    private protected virtual DetectionLossResult? ComputeAnalytically(IReadOnlyList<Tensor> maps, Tensor targets) => null;

    /// <summary>What the loss has learned from earlier calls, by name; empty for most. For checkpoints: the tensors stay the loss's.</summary>
    internal virtual IReadOnlyDictionary<string, Tensor> State => new Dictionary<string, Tensor>();

    /// <summary>Takes over what <see cref="State"/> gave, on any device.</summary>
    internal virtual void LoadState(IReadOnlyDictionary<string, Tensor> state)
    {
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        Dispose(true);
        GC.SuppressFinalize(this);
    }

    /// <summary>Frees the tensors the loss keeps.</summary>
    /// <param name="disposing">True when called from <see cref="Dispose()"/>.</param>
    protected virtual void Dispose(bool disposing)
    {
    }

    /// <summary>The weighted terms, as differentiable scalars, in the order of <see cref="TermNames"/>.</summary>
    private protected abstract Dictionary<string, Tensor> ComputeTerms(IReadOnlyList<Tensor> maps, Tensor targets);

    /// <summary>
    /// What means over a share of a batch are multiplied by, so that totals of all shares add up to that of the whole batch; 1 where it is whole.
    /// </summary>
    /// <param name="images">Images of the share.</param>
    /// <param name="counts">How many each mean is over.</param>
    private protected double[] MeanWeights(long images, IEnumerable<long> counts)
    {
        double[] parts = [.. counts.Select(count => (double)count), images];
        if (SumOverShares is null)
            return Array.ConvertAll(parts[..^1], _ => 1.0);
        double[] sums = [.. parts];
        SumOverShares(sums);
        return [.. parts[..^1].Zip(sums, (part, sum) => sum == 0 ? 0 : part / sum * sums[^1] / images)];
    }

    /// <summary>A mean times its weight.</summary>
    private protected static Tensor Weighted(Tensor mean, double weight) => weight == 1 ? mean : mean.Times(weight);

    /// <summary>What takes a target, between "No" and "the target".</summary>
    private protected abstract string Takers { get; }

    /// <summary>Says, where the options ask for that, which targets no prediction can take.</summary>
    /// <param name="targets">(N, 6), on the CPU.</param>
    /// <param name="find">Sets true for every row that can be taken.</param>
    private protected void ReportUnassigned(Tensor targets, Action<bool[]> find)
    {
        if (_unassigned == UnassignedTargets.Ignore)
            return;
        var found = new bool[targets.shape[0]];
        find(found);
        if (!found.Contains(false))
            return;
        if (_unassigned == UnassignedTargets.Throw)
        {
            var row = targets[Array.IndexOf(found, false)].to(ScalarType.Float32).data<float>().ToArray();
            throw new InvalidOperationException(FormattableString.Invariant(
                $"No {Takers} the target of image {row[0]}, class {row[1]}, box cx {row[2]}, cy {row[3]}, w {row[4]}, h {row[5]}."));
        }

        if (!_isWarned)
            Warning?.Invoke($"No {Takers} {found.Count(isFound => !isFound)} of {found.Length} targets of this batch; the network cannot learn them.");
        _isWarned = true;
    }

    /// <summary>Losses are computed in double for double maps and in single for everything else, half precision included.</summary>
    private protected static ScalarType WorkingType(Tensor map) => map.dtype == ScalarType.Float64 ? ScalarType.Float64 : ScalarType.Float32;
}
