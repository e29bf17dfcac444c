using ML.Yolo.Tensors;
using static TorchSharp.torch;

namespace ML.Yolo.Losses;

/// <summary>YOLOv3's assignment: on each layer the anchor most like a target in size takes it, in the one cell its centre lies in.</summary>
/// <remarks>
/// Sizes are compared by their IoU as if concentric. The best anchor takes the target only above <paramref name="iouThreshold"/>. Predictions that took no
/// target count as no-object, except, in a target's cell, anchors above <paramref name="ignoreThreshold"/>. Rows come in the order of the targets. A target
/// without area has IoU 0 with every anchor and is never taken.
/// <para>Example: a target of 4 × 2 cells and anchors of 2 × 2 and 4 × 4 have IoUs 4/8 and 8/16; of equals the first takes it, in the cell of its centre
/// alone.</para>
/// </remarks>
internal sealed class BestIouAssigner(float iouThreshold, float ignoreThreshold) : AnchorAssigner
{
    public override LayerTargets Assign(Tensor targets, Tensor anchors, LayerGrid grid)
    {
        using var scope = NewDisposeScope();
        var gridSize = grid.Size(targets.dtype);                                         // (2)
        var centres = targets.narrow(1, 2, 2) * gridSize;                                // (N, 2) in cells
        var sizes = targets.narrow(1, 4, 2) * gridSize;                                  // (N, 2)
        var images = targets.select(1, 0).to(ScalarType.Int64);                          // (N)
        var cells = grid.CellOf(centres);            // (N, 2): x, y

        var iou = SizeIou(sizes, anchors);                                               // (N, A)
        var (best, bestAnchor) = iou.max(1);                                             // (N), (N)
        var taken = best.IsAbove(iouThreshold).nonzero().squeeze(1);                     // (M)
        var cell = cells.index_select(0, taken);
        var anchor = bestAnchor.index_select(0, taken);
        var image = images.index_select(0, taken);

        var mask = ones(grid.Batch, anchors.shape[0], grid.Height, grid.Width, ScalarType.Bool);
        var ignored = iou.IsAbove(ignoreThreshold).nonzero();                            // (K, 2): target, anchor
        var ignoredTarget = ignored.select(1, 0);
        Clear(mask, images.index_select(0, ignoredTarget), ignored.select(1, 1), cells.index_select(0, ignoredTarget));
        Clear(mask, image, anchor, cell);
        return new LayerTargets(taken)
        {
            Classes = targets.select(1, 1).index_select(0, taken).to(ScalarType.Int64),
            Boxes = cat([centres.index_select(0, taken) - cell, sizes.index_select(0, taken)], 1),
            ImageIndex = image,
            AnchorIndex = anchor,
            GridY = cell.select(1, 1).contiguous(),
            GridX = cell.select(1, 0).contiguous(),
            Anchors = anchors.index_select(0, anchor),
            NoObjectMask = mask,
        }.MoveToOuterDisposeScope();
    }

    private static Tensor SizeIou(Tensor sizes, Tensor anchors)
    {
        var overlap = sizes.unsqueeze(1).minimum(anchors).prod(2);                       // (N, A)
        return overlap / (sizes.prod(1).unsqueeze(1).Plus(anchors.prod(1)) - overlap);
    }

    private static void Clear(Tensor mask, Tensor image, Tensor anchor, Tensor cell)
        => mask.index_put_(tensor(false), image, anchor, cell.select(1, 1), cell.select(1, 0));
}
