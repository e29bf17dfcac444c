using static TorchSharp.torch;

namespace ML.Yolo;

/// <summary>
/// The targets the predictions of a head without anchors learn: a row for each point that learns one, image by image and point by point. Owns its tensors.
/// </summary>
/// <remarks>
/// Index columns are int64 (M), boxes and scores floating point; all on the device of the predictions. A point learns at most one target, a target may be
/// learned by many.
/// </remarks>
public sealed class PointTargets : IDisposable
{
    internal PointTargets()
    {
    }

    /// <summary>Index of the image in the batch, (M).</summary>
    public required Tensor ImageIndex { get; init; }

    /// <summary>Index of the point among those of all layers, (M), in [0, N): row by row, finest layer first.</summary>
    public required Tensor PointIndex { get; init; }

    /// <summary>Row of the target in the targets given, (M).</summary>
    public required Tensor TargetIndex { get; init; }

    /// <summary>Class index, (M), in [0, C).</summary>
    public required Tensor Classes { get; init; }

    /// <summary>Corners of the target, (M, 4): x0, y0, x1, y1 in pixels of the network's input.</summary>
    public required Tensor Boxes { get; init; }

    /// <summary>The class score to be learned, (M), in (0, 1]. It also weighs the other terms.</summary>
    public required Tensor Scores { get; init; }

    /// <summary>Number of rows, M.</summary>
    public int Count => (int)PointIndex.shape[0];

    /// <inheritdoc/>
    public void Dispose()
    {
        foreach (var tensor in Tensors())
            tensor.Dispose();
    }

    /// <summary>Hands every tensor to the dispose scope around the current one.</summary>
    internal PointTargets MoveToOuterDisposeScope()
    {
        foreach (var tensor in Tensors())
            tensor.MoveToOuterDisposeScope();
        return this;
    }

    private Tensor[] Tensors() => [ImageIndex, PointIndex, TargetIndex, Classes, Boxes, Scores];
}
