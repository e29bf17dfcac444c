using ML.Yolo.Boxes;
using ML.Yolo.Losses;
using ML.Yolo.Tensors;
using static TorchSharp.torch;

namespace ML.Yolo;

/// <summary>The loss of a detector with anchors: which anchor of which cell learns a target follows from the targets alone.</summary>
/// <remarks>
/// Maps are (B, A, H, W, 5 + C) logits: x, y, w, h, objectness, classes. Assignment runs on the CPU: targets that lie there cost no wait for the device.
/// </remarks>
public abstract class AnchorLoss : DetectionLoss
{
    private readonly Tensor _anchors;
    private readonly Dictionary<(Device, ScalarType), Tensor> _anchorCopies = [];
    private readonly AnchorAssigner _assigner;

    private protected AnchorLoss(Tensor anchors, AnchorLossOptions options, AnchorAssigner assigner)
        : base(options)
    {
        ArgumentNullException.ThrowIfNull(anchors);
        if (anchors.dim() != 3 || anchors.shape[2] != 2)
            throw new ArgumentException($"anchors has shape ({string.Join(", ", anchors.shape)}); it must be (layers, anchors, 2).", nameof(anchors));
        using (var positive = anchors.IsAbove(0) & anchors.isfinite())
        {
            if (!positive.all().item<bool>())
                throw new ArgumentException("anchors holds a width or height that is not a finite number above 0.", nameof(anchors));
        }

        _anchors = anchors.detach().cpu().clone().DetachFromDisposeScope();
        _assigner = assigner;
    }

    /// <inheritdoc/>
    public override int LayerCount => (int)_anchors.shape[0];

    /// <summary>Makes the loss that <paramref name="options"/> describe.</summary>
    /// <param name="options">The variant and its weights.</param>
    /// <param name="anchors">(L, A, 2): widths and heights in cells of the layer, finest first.</param>
    /// <exception cref="ArgumentException">An option is out of range, or the anchors are not (L, A, 2) positive numbers.</exception>
    public static AnchorLoss Create(AnchorLossOptions options, Tensor anchors)
    {
        ArgumentNullException.ThrowIfNull(options);
        return options.CreateLoss(anchors);
    }

    private protected override string Takers => "anchor of any layer takes";

    /// <summary>The assignment alone: which predictions learn which targets.</summary>
    /// <inheritdoc cref="DetectionLoss.Compute"/>
    /// <returns>One entry per layer, on the maps' device; the caller disposes them.</returns>
    public IReadOnlyList<LayerTargets> BuildTargets(IReadOnlyList<Tensor> maps, Tensor targets)
    {
        DetectionLossInputs.CheckAnchorMaps(maps, _anchors);
        using var scope = NewDisposeScope();
        var type = WorkingType(maps[0]);
        var rows = targets.cpu().to(type);
        DetectionLossInputs.CheckTargets(rows, maps[0].shape[0], AnchorChannels.ClassCount(maps[0].shape[4]));
        var layers = new LayerTargets[LayerCount];
        for (var i = 0; i < LayerCount; i++)
            layers[i] = _assigner.Assign(rows, LayerAnchors(i, CPU, type), new LayerGrid(maps[i].shape[0], maps[i].shape[2], maps[i].shape[3]));
        ReportUnassigned(rows, found =>
        {
            foreach (var row in layers.SelectMany(layer => layer.TargetIndex.data<long>().ToArray()))
                found[row] = true;
        });
        return Array.ConvertAll(layers, layer => layer.To(maps[0].device).MoveToOuterDisposeScope());
    }

    /// <inheritdoc/>
    protected override void Dispose(bool disposing)
    {
        if (disposing)
        {
            _anchors.Dispose();
            foreach (var copy in _anchorCopies.Values)
                copy.Dispose();
            _anchorCopies.Clear();
        }

        base.Dispose(disposing);
    }

    private protected override Dictionary<string, Tensor> ComputeTerms(IReadOnlyList<Tensor> maps, Tensor targets)
        => ComputeTerms(maps, BuildTargets(maps, targets));

    /// <summary>Whether the maps' numbers can be read where they lie.</summary>
    private protected bool CanBeRead(IReadOnlyList<Tensor> maps)
    {
        DetectionLossInputs.CheckAnchorMaps(maps, _anchors);
        return MapMemory.CanRead(maps);
    }

    /// <summary>The weighted terms over built targets.</summary>
    private protected abstract Dictionary<string, Tensor> ComputeTerms(IReadOnlyList<Tensor> maps, IReadOnlyList<LayerTargets> layers);

    private Tensor LayerAnchors(int layer, Device device, ScalarType type)
    {
        if (!_anchorCopies.TryGetValue((device, type), out var copy))
            _anchorCopies[(device, type)] = copy = _anchors.to(type, device, copy: true).DetachFromDisposeScope();
        return copy[layer];
    }
}
