using static TorchSharp.torch;

namespace ML.Yolo.Losses;

/// <summary>Says which anchors of which cells learn which targets, by the targets alone.</summary>
internal abstract class AnchorAssigner
{
    /// <summary>Assigns the targets of one layer.</summary>
    /// <param name="targets">(N, 6): image, class, cx, cy, w, h in [0, 1], on the CPU.</param>
    /// <param name="anchors">(A, 2) in cells, on the CPU.</param>
    /// <param name="grid">The layer's cells.</param>
    /// <returns>A row for each built target.</returns>
    public abstract LayerTargets Assign(Tensor targets, Tensor anchors, LayerGrid grid);
}
