using ML.Yolo.Losses;
using static TorchSharp.torch;

namespace ML.Yolo;

/// <summary>The loss of an anchor-based detector over a batch: it assigns targets to predictions and measures how far the predictions are from them.</summary>
/// <remarks>
/// Predictions are one tensor a layer, (B, A, H, W, 5 + C) logits: x, y, w, h, objectness, classes. Targets are (N, 6): image index, class index, and centre x, centre y,
/// width, height in [0, 1] of the network's input; N may be zero. Assignment runs on the CPU: targets that lie there cost no wait for the device.
/// </remarks>
public abstract class DetectionLoss : IDisposable
{
    private readonly Tensor _anchors;
    private readonly Dictionary<(Device, ScalarType), Tensor> _anchorCopies = [];
    private readonly UnassignedTargets _unassigned;
    private bool _warned;

    private protected DetectionLoss(Tensor anchors, DetectionLossOptions options)
    {
        ArgumentNullException.ThrowIfNull(anchors);
        options.Check();
        if (anchors.dim() != 3 || anchors.shape[2] != 2)
            throw new ArgumentException($"anchors has shape ({string.Join(", ", anchors.shape)}); it must be (layers, anchors, 2).", nameof(anchors));
        using (var positive = (anchors > 0) & anchors.isfinite())
        {
            if (!positive.all().item<bool>())
                throw new ArgumentException("anchors holds a width or height that is not a positive number.", nameof(anchors));
        }

        _anchors = anchors.detach().cpu().clone().DetachFromDisposeScope();
        _unassigned = options.UnassignedTargets;
    }

    /// <summary>Told, once, when <see cref="DetectionLossOptions.UnassignedTargets"/> is <see cref="UnassignedTargets.Warn"/> and targets found no anchor.</summary>
    public Action<string>? Warning { get; set; }

    /// <summary>Names of the terms, in the order of the report.</summary>
    public abstract IReadOnlyList<string> TermNames { get; }

    /// <summary>Number of layers, L.</summary>
    public int LayerCount => (int)_anchors.shape[0];

    /// <summary>Makes the loss that <paramref name="options"/> describe.</summary>
    /// <param name="options">The variant and its weights.</param>
    /// <param name="anchors">(L, A, 2): widths and heights in cells of the layer.</param>
    /// <exception cref="ArgumentException">An option is out of range, or the anchors are not (L, A, 2) positive numbers.</exception>
    public static DetectionLoss Create(DetectionLossOptions options, Tensor anchors)
    {
        ArgumentNullException.ThrowIfNull(options);
        return options.CreateLoss(anchors);
    }

    /// <summary>The loss of a batch.</summary>
    /// <param name="predictions">Per layer (B, A, H, W, 5 + C) logits, on one device.</param>
    /// <param name="targets">(N, 6): image, class, cx, cy, w, h in [0, 1].</param>
    /// <exception cref="ArgumentException">Shapes do not fit, or a target holds a number that is not finite, an image outside the batch or a class outside the range.</exception>
    /// <exception cref="InvalidOperationException">A target found no anchor and <see cref="UnassignedTargets.Throw"/> is set.</exception>
    public DetectionLossResult Compute(IReadOnlyList<Tensor> predictions, Tensor targets)
    {
        using var scope = NewDisposeScope();
        var layers = BuildTargets(predictions, targets);
        var terms = ComputeTerms(predictions, layers);
        var total = terms.Values.Aggregate((sum, term) => sum + term) * predictions[0].shape[0];
        var detached = terms.ToDictionary(term => term.Key, term => term.Value.detach().MoveToOuterDisposeScope());
        return new DetectionLossResult(total.MoveToOuterDisposeScope(), detached);
    }

    /// <summary>The assignment alone: which predictions learn which targets.</summary>
    /// <inheritdoc cref="Compute"/>
    /// <returns>One entry a layer, on the predictions' device; the caller disposes them.</returns>
    public IReadOnlyList<LayerTargets> BuildTargets(IReadOnlyList<Tensor> predictions, Tensor targets)
    {
        DetectionLossInputs.CheckPredictions(predictions, _anchors);
        using var scope = NewDisposeScope();
        var type = WorkingType(predictions[0]);
        var rows = targets.cpu().to(type);
        DetectionLossInputs.CheckTargets(rows, predictions[0]);
        var layers = new LayerTargets[LayerCount];
        for (var i = 0; i < LayerCount; i++)
            layers[i] = Assign(rows, LayerAnchors(i, CPU, type), predictions[i].shape);
        if (_unassigned != UnassignedTargets.Ignore)
            ReportUnassigned(rows, layers);
        return Array.ConvertAll(layers, layer => layer.To(predictions[0].device).MoveToOuterDisposeScope());
    }

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
        if (!disposing)
            return;
        _anchors.Dispose();
        foreach (var copy in _anchorCopies.Values)
            copy.Dispose();
        _anchorCopies.Clear();
    }

    /// <summary>Assigns the targets (N, 6) to one layer of predictions of shape (B, A, H, W, 5 + C).</summary>
    private protected abstract LayerTargets Assign(Tensor targets, Tensor anchors, long[] shape);

    /// <summary>The weighted terms, as differentiable scalars, in the order of <see cref="TermNames"/>.</summary>
    private protected abstract Dictionary<string, Tensor> ComputeTerms(IReadOnlyList<Tensor> predictions, IReadOnlyList<LayerTargets> layers);

    /// <summary>Losses are computed in double for double predictions and in single for everything else, half precision included.</summary>
    private protected static ScalarType WorkingType(Tensor predictions)
        => predictions.dtype == ScalarType.Float64 ? ScalarType.Float64 : ScalarType.Float32;

    private Tensor LayerAnchors(int layer, Device device, ScalarType type)
    {
        if (!_anchorCopies.TryGetValue((device, type), out var copy))
            _anchorCopies[(device, type)] = copy = _anchors.to(type, device, copy: true).DetachFromDisposeScope();
        return copy[layer];
    }

    private void ReportUnassigned(Tensor targets, LayerTargets[] layers)
    {
        var found = zeros(targets.shape[0], ScalarType.Bool);
        foreach (var layer in layers)
            found.index_fill_(0, layer.TargetIndex, true);
        var missing = found.logical_not().nonzero().squeeze(1);
        if (missing.shape[0] == 0)
            return;
        if (_unassigned == UnassignedTargets.Throw)
        {
            var row = targets[missing[0].item<long>()].to(ScalarType.Float32).data<float>().ToArray();
            throw new InvalidOperationException(FormattableString.Invariant(
                $"No anchor of any layer takes the target of image {row[0]}, class {row[1]}, box cx {row[2]}, cy {row[3]}, w {row[4]}, h {row[5]}."));
        }

        if (!_warned)
            Warning?.Invoke($"No anchor of any layer takes {missing.shape[0]} of {targets.shape[0]} targets of this batch; the network cannot learn them.");
        _warned = true;
    }
}
