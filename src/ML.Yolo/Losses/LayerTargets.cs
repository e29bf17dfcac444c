using ML.Yolo.Tensors;
using static TorchSharp.torch;

namespace ML.Yolo;

/// <summary>The targets one layer of predictions learns: one row per built target, in the reference's order. Owns its tensors.</summary>
/// <remarks>
/// Index columns are int64 (M), boxes and anchors floating point; all on the device of the predictions. A target may be built several times.
/// </remarks>
public sealed class LayerTargets : IDisposable
{
    internal LayerTargets(Tensor targetIndex) => TargetIndex = targetIndex;

    /// <summary>Class index, (M), in [0, C).</summary>
    public required Tensor Classes { get; init; }

    /// <summary>Centre relative to the cell's top left corner, and size, (M, 4): x, y, width, height in cells.</summary>
    public required Tensor Boxes { get; init; }

    /// <summary>Index of the image in the batch, (M).</summary>
    public required Tensor ImageIndex { get; init; }

    /// <summary>Index of the anchor in the layer, (M).</summary>
    public required Tensor AnchorIndex { get; init; }

    /// <summary>Row of the cell, (M), in [0, H).</summary>
    public required Tensor GridY { get; init; }

    /// <summary>Column of the cell, (M), in [0, W).</summary>
    public required Tensor GridX { get; init; }

    /// <summary>Width and height of the matched anchor, (M, 2), in cells.</summary>
    public required Tensor Anchors { get; init; }

    /// <summary>Where the no-object term counts, (B, A, H, W) of bool; null in variants without that term.</summary>
    public Tensor? NoObjectMask { get; init; }

    /// <summary>Row in the targets given, (M): which target was built here.</summary>
    internal Tensor TargetIndex { get; }

    /// <summary>Number of built targets, M.</summary>
    public int Count => (int)Classes.shape[0];

    /// <summary>The built targets' rows (M, 5 + C) of a map (B, A, H, W, 5 + C), in whatever order its memory is.</summary>
    internal Tensor RowsOf(Tensor map)
        => map.index(TensorIndex.Tensor(ImageIndex), TensorIndex.Tensor(AnchorIndex), TensorIndex.Tensor(GridY), TensorIndex.Tensor(GridX));

    /// <summary>Row of each built target in the layer's predictions flattened to (B·A·H·W, …).</summary>
    internal Tensor FlatIndex(long anchorCount, long gridHeight, long gridWidth)
    {
        using var scope = NewDisposeScope();
        return ImageIndex.Times(anchorCount).Plus(AnchorIndex).Times(gridHeight).Plus(GridY).Times(gridWidth).Plus(GridX).MoveToOuterDisposeScope();
    }

    /// <summary>The same targets on <paramref name="device"/>; this object is used up.</summary>
    internal LayerTargets To(Device device) => new(TargetIndex.to(device, disposeAfter: true))
    {
        Classes = Classes.to(device, disposeAfter: true),
        Boxes = Boxes.to(device, disposeAfter: true),
        ImageIndex = ImageIndex.to(device, disposeAfter: true),
        AnchorIndex = AnchorIndex.to(device, disposeAfter: true),
        GridY = GridY.to(device, disposeAfter: true),
        GridX = GridX.to(device, disposeAfter: true),
        Anchors = Anchors.to(device, disposeAfter: true),
        NoObjectMask = NoObjectMask?.to(device, disposeAfter: true),
    };

    /// <summary>Hands every tensor to the dispose scope around the current one.</summary>
    internal LayerTargets MoveToOuterDisposeScope()
    {
        foreach (var tensor in Tensors())
            tensor.MoveToOuterDisposeScope();
        return this;
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        foreach (var tensor in Tensors())
            tensor.Dispose();
    }

    private IEnumerable<Tensor> Tensors()
    {
        Tensor[] always = [Classes, Boxes, ImageIndex, AnchorIndex, GridY, GridX, Anchors, TargetIndex];
        return NoObjectMask is null ? always : always.Append(NoObjectMask);
    }
}
