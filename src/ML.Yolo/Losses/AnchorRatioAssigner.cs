using ML.Yolo.Tensors;
using static TorchSharp.torch;

namespace ML.Yolo.Losses;

/// <summary>YOLOv5's assignment: a target goes to every anchor of similar size, in its own cell and in the neighbour cells it lies nearest to.</summary>
/// <remarks>
/// With r = target size / anchor size, a pair matches while max over both sides of max(r, 1/r) is below <paramref name="anchorThreshold"/>; a target
/// without area therefore matches nothing. A matched pair is built in its cell, then left, up, right and down of it where the centre is in that half of the
/// cell and a neighbour exists. Rows come cell by cell in that order, within it anchor by anchor, then target by target.
/// <para>Example: a target with its centre at (5.3, 7.8) cells is built in cell (5, 7), in its left neighbour (4, 7), since 0.3 is in the left half, and in
/// the one below, (5, 8).</para>
/// </remarks>
internal sealed class AnchorRatioAssigner(float anchorThreshold) : AnchorAssigner
{
    private const double NearestHalf = 0.5;

    private static readonly float[,] NeighbourOffsets = { { 0, 0 }, { 0.5f, 0 }, { 0, 0.5f }, { -0.5f, 0 }, { 0, -0.5f } };

    public override LayerTargets Assign(Tensor targets, Tensor anchors, LayerGrid grid)
    {
        using var scope = NewDisposeScope();
        var gridSize = grid.Size(targets.dtype);                                         // (2)
        var centres = targets.narrow(1, 2, 2) * gridSize;                                // (N, 2) in cells
        var sizes = targets.narrow(1, 4, 2) * gridSize;                                  // (N, 2)

        var (anchorIndex, targetIndex) = Match(sizes, anchors);                          // (P): matched pairs
        var pairCentres = centres.index_select(0, targetIndex);                          // (P, 2)
        var (neighbour, pair) = Pairs(NearestCells(pairCentres, gridSize));              // (M): built targets

        var centre = pairCentres.index_select(0, pair);                                  // (M, 2)
        var offset = tensor(NeighbourOffsets).to(targets.dtype).index_select(0, neighbour);
        var cell = grid.CellOf(centre - offset);                         // (M, 2): x, y
        var row = targetIndex.index_select(0, pair);                                     // (M)
        var anchor = anchorIndex.index_select(0, pair);                                  // (M)
        return new LayerTargets(row)
        {
            Classes = targets.select(1, 1).index_select(0, row).to(ScalarType.Int64),
            Boxes = cat([centre - cell, sizes.index_select(0, row)], 1),
            ImageIndex = targets.select(1, 0).index_select(0, row).to(ScalarType.Int64),
            AnchorIndex = anchor,
            GridY = cell.select(1, 1).contiguous(),
            GridX = cell.select(1, 0).contiguous(),
            Anchors = anchors.index_select(0, anchor),
        }.MoveToOuterDisposeScope();
    }

    private (Tensor Anchor, Tensor Target) Match(Tensor sizes, Tensor anchors)
    {
        var ratio = sizes / anchors.unsqueeze(1);                                        // (A, N, 2)
        var worst = ratio.maximum(ratio.reciprocal()).amax([-1]);                        // (A, N): how many times too large or too small
        return Pairs(worst.IsBelow(anchorThreshold));
    }

    private static Tensor NearestCells(Tensor centres, Tensor gridSize)
    {
        var fromEnd = gridSize - centres;                                                // (P, 2): the same distances, from right and bottom
        var near = centres.Remainder(1).IsBelow(NearestHalf) & centres.IsAbove(1);       // (P, 2): left, up
        var far = fromEnd.Remainder(1).IsBelow(NearestHalf) & fromEnd.IsAbove(1);        // (P, 2): right, down
        var own = ones(1, centres.shape[0], ScalarType.Bool);
        return cat([own, near.t(), far.t()], 0);                                         // (5, P)
    }

    private static (Tensor Row, Tensor Column) Pairs(Tensor mask)
    {
        var indices = mask.nonzero();                                                    // (K, 2), row by row
        return (indices.select(1, 0).contiguous(), indices.select(1, 1).contiguous());
    }
}
