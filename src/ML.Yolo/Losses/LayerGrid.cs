using ML.Yolo.Tensors;
using static TorchSharp.torch;

namespace ML.Yolo.Losses;

/// <summary>The cells of one layer of predictions.</summary>
/// <param name="Batch">Images in the batch, B.</param>
/// <param name="Height">Rows of cells, H.</param>
/// <param name="Width">Columns of cells, W.</param>
internal readonly record struct LayerGrid(long Batch, long Height, long Width)
{
    /// <summary>Width and height, (2), of targets in that type.</summary>
    public Tensor Size(ScalarType type) => tensor(new float[] { Width, Height }).to(type);

    /// <summary>Cell that a point in cells lies in, (M, 2) of int64: truncated, then clamped to the grid.</summary>
    /// <param name="points">(M, 2): x, y.</param>
    public Tensor CellOf(Tensor points)
    {
        using var scope = NewDisposeScope();
        var last = tensor(new[] { Width - 1, Height - 1 });
        return points.to(ScalarType.Int64).AtLeast(0).minimum(last).MoveToOuterDisposeScope();
    }
}
