using ML.Yolo.Tensors;
using static TorchSharp.torch;

namespace ML.Yolo.Losses;

/// <summary>
/// Task-aligned assignment (Feng et al. 2021, TOOD, section 3.2), as YOLOv8 uses it: a target goes to the points within it whose predictions fit it best by
/// class and box together.
/// </summary>
/// <remarks>
/// The alignment of a prediction with a target is s^α · u^β, with s the predicted score of the target's class and u the overlap of the boxes. Of the points
/// within a target the <paramref name="topCandidates"/> best
/// aligned take it. A point that several targets chose goes to the one its box overlaps most, of all targets it lies in; of equals to the first. The class
/// score to learn is the alignment, scaled so that a target's best
/// prediction is to learn the target's best overlap.
/// <para>Example: a target of 20 × 20 pixels around (20, 20) holds four points of stride 8, at 12 and 20 pixels along each axis, and fewer of coarser
/// layers; with ten to be chosen, all of them take it.</para>
/// <para>Memory grows with the points within targets, in portions of about a million pairs, and with what is chosen. Everything is computed where the
/// predictions are, and nothing waits for them.</para>
/// </remarks>
/// <param name="topCandidates">Points that each target chooses, at most.</param>
/// <param name="scoreExponent">α.</param>
/// <param name="iouExponent">β.</param>
/// <param name="iou">The overlap u; negative values count as 0.</param>
internal sealed class TaskAlignedAssigner(int topCandidates, double scoreExponent, double iouExponent, BoxIouKind iou = BoxIouKind.CIoU)
{
    private const double Epsilon = 1e-9;

    // Pairs of target and point that are looked at together: about 150 MB while it lasts.
    private const long MaxPairs = 1 << 20;

    // Targets are taken together while the one with the fewest points within has more than a quarter of the most: rows are as long as the longest.
    private const long MaxPadding = 4;

    /// <summary>Assigns the targets of a batch.</summary>
    /// <param name="logits">Class logits (B, C, H, W) per layer, finest first.</param>
    /// <param name="boxes">(B, N, 4): predicted corners in pixels, in the targets' type.</param>
    /// <param name="table">The targets.</param>
    /// <param name="candidates">The points within each.</param>
    /// <param name="grid">The points.</param>
    public PointAssignment Assign(IReadOnlyList<Tensor> logits, Tensor boxes, TargetTable table, CandidatePoints candidates, PointGrid grid)
    {
        using var noGradient = no_grad();
        using var scope = NewDisposeScope();
        var chosen = Choose(new Batch(logits, boxes, table, grid), candidates);
        return (chosen ?? PointAssignment.None(boxes.dtype, boxes.device)).MoveToOuterDisposeScope();
    }

    private PointAssignment? Choose(Batch batch, CandidatePoints candidates)
    {
        var order = Enumerable.Range(0, (int)batch.TargetCount)
            .Where(target => candidates.CountOf(target) > 0)
            .OrderByDescending(candidates.CountOf)
            .ToArray();
        if (order.Length == 0)
            return null;
        var targets = tensor(Array.ConvertAll(order, target => (long)target));
        var (rectangles, rows) = (batch.Send(candidates.Rectangles.index_select(0, targets)), batch.Send(targets));
        var claims = new List<(Tensor Slots, Tensor Targets)>();
        for (var start = 0; start < order.Length;)
        {
            var count = Together(order.AsSpan(start), candidates);
            var group = order[start..(start + count)];
            var lengths = batch.Grid.Levels.Select((_, level) => group.Max(target => candidates.CountOf(target, level))).ToArray();
            claims.Add(Claim(batch, rows.narrow(0, start, count), rectangles.narrow(0, start, count), lengths));
            start += count;
        }

        return Settle(batch, cat([.. claims.Select(claim => claim.Slots)]), cat([.. claims.Select(claim => claim.Targets)]));
    }

    /// <summary>How many of the first targets are looked at together.</summary>
    private static int Together(ReadOnlySpan<int> order, CandidatePoints candidates)
    {
        var most = candidates.CountOf(order[0]);
        var count = 1;
        while (count < order.Length && (count + 1) * most <= MaxPairs && candidates.CountOf(order[count]) * MaxPadding > most)
            count++;
        return count;
    }

    /// <summary>The points that some targets choose.</summary>
    /// <param name="batch">Predictions and targets.</param>
    /// <param name="targets">(g).</param>
    /// <param name="rectangles">(g, 4 · L): cells within each.</param>
    /// <param name="lengths">The most points within one of the targets, by layer.</param>
    /// <returns>Slots and targets (g · k); slots beyond the last where a target has fewer than k to choose from.</returns>
    private (Tensor Slots, Tensor Targets) Claim(Batch batch, Tensor targets, Tensor rectangles, long[] lengths)
    {
        using var scope = NewDisposeScope();
        var (image, label) = (batch.Images.index_select(0, targets).unsqueeze(1), batch.Classes.index_select(0, targets).unsqueeze(1));    // (g, 1)
        var (slots, scores, within) = (new List<Tensor>(), new List<Tensor>(), new List<Tensor>());
        foreach (var (i, level) in batch.Grid.Levels.Index().Where(level => lengths[level.Index] > 0))
        {
            var parts = rectangles.narrow(1, 4 * i, 4).split(1, 1);                       // 4 × (g, 1): first column, columns, first row, rows
            var place = Arithmetic.Range(lengths[i], ScalarType.Int64, targets.device).unsqueeze(0);            // (1, K)
            var isWithin = place < parts[1] * parts[3];                                   // (g, K)
            var x = parts[0].Plus(place.remainder(parts[1].AtLeast(1))) * isWithin;
            var y = parts[2].Plus(place.floor_divide(parts[1].AtLeast(1))) * isWithin;
            scores.Add(batch.Logits[i].index(image, label, y, x).to(batch.Boxes.dtype).sigmoid());
            slots.Add(image.Times(batch.Grid.Count).Plus(level.First).Plus(y.Times(level.Width)).Plus(x));
            within.Add(isWithin);
        }

        var slot = cat(slots, 1);                                                         // (g, ΣK)
        var predicted = batch.Boxes.view(-1, 4).index_select(0, slot.view(-1)).view([.. slot.shape, 4]);
        var alignment = Alignment(cat(scores, 1), Overlap(batch.TargetBoxes.index_select(0, targets).unsqueeze(1), predicted)) * cat(within, 1);
        var (best, place0) = alignment.topk((int)Math.Min(topCandidates, slot.shape[1]), 1);                      // (g, k)
        var claimed = slot.gather(1, place0).where(best.IsAbove(0), Arithmetic.Filled([], batch.NoSlot, ScalarType.Int64, slot.device));
        return (claimed.view(-1).MoveToOuterDisposeScope(), targets.unsqueeze(1).expand_as(claimed).reshape(-1).MoveToOuterDisposeScope());
    }

    /// <summary>Gives every point to one target, and says what it is to learn.</summary>
    /// <param name="batch">Predictions and targets.</param>
    /// <param name="slots">(R): chosen points, some of them by several targets.</param>
    /// <param name="targets">(R): who chose.</param>
    private PointAssignment Settle(Batch batch, Tensor slots, Tensor targets)
    {
        var (sorted, order) = slots.sort(0, stable: true);
        targets = targets.index_select(0, order);
        var isSame = sorted.narrow(0, 1, sorted.shape[0] - 1).eq(sorted.narrow(0, 0, sorted.shape[0] - 1));       // (R − 1): as the one before
        var none = zeros(1, ScalarType.Bool, sorted.device);
        var (repeats, repeated) = (cat([none, isSame]), cat([isSame, none]));             // (R)
        var isKept = repeats.logical_not() & sorted.IsBelow(batch.NoSlot);                // once, and a point at all
        slots = sorted.AtMost(batch.NoSlot - 1);
        targets = where(repeats | repeated, Winners(batch, slots), targets);

        var (box, predicted) = (batch.TargetBoxes.index_select(0, targets), batch.Boxes.view(-1, 4).index_select(0, slots));
        var counts = isKept & CandidatePoints.IsWithin(batch.PointsOf(slots), box);
        var overlap = Overlap(box, predicted) * counts;                                   // (R)
        var label = batch.Classes.index_select(0, targets).unsqueeze(1);
        var score = batch.Grid.Gather(batch.Logits, slots).gather(1, label).squeeze(1).to(box.dtype).sigmoid();
        var alignment = Alignment(score, overlap) * counts;
        overlap = overlap * alignment.IsAbove(0);
        var learned = alignment * Largest(overlap, targets) / Largest(alignment, targets).Plus(Epsilon);
        return new PointAssignment(slots, targets, learned);
    }

    /// <summary>For every slot, the target it lies in that its box overlaps most: (R) to (R).</summary>
    private Tensor Winners(Batch batch, Tensor slots)
    {
        using var scope = NewDisposeScope();
        var winners = new List<Tensor>();
        var portion = Math.Max(MaxPairs / batch.ByImage.shape[1], 1);
        for (var start = 0L; start < slots.shape[0]; start += portion)
            winners.Add(PortionWinners(batch, slots.narrow(0, start, Math.Min(portion, slots.shape[0] - start))));
        return cat(winners).MoveToOuterDisposeScope();
    }

    private Tensor PortionWinners(Batch batch, Tensor slots)
    {
        using var scope = NewDisposeScope();
        var targets = batch.ByImage.index_select(0, slots.FloorOver(batch.Grid.Count));                           // (r, M)
        var known = targets.AtLeast(0);
        var boxes = batch.TargetBoxes.index_select(0, known.view(-1)).view([.. known.shape, 4]);                  // (r, M, 4)
        var isWithin = CandidatePoints.IsWithin(batch.PointsOf(slots).unsqueeze(1), boxes) & targets.IsAtLeast(0);
        var overlap = Overlap(boxes, batch.Boxes.view(-1, 4).index_select(0, slots).unsqueeze(1)) * isWithin;
        return known.gather(1, overlap.argmax(1, keepdim: true)).squeeze(1).MoveToOuterDisposeScope();
    }

    /// <summary>
    /// The largest value of each row's target, (R): the way there without a wait is to sort by value, then by target, and to look at the first of each.
    /// </summary>
    private static Tensor Largest(Tensor values, Tensor targets)
    {
        using var scope = NewDisposeScope();
        var order = values.argsort(0, descending: true);
        order = order.index_select(0, targets.index_select(0, order).sort(0, stable: true).Indices);             // target by target, largest value first
        var sorted = targets.index_select(0, order);
        var isFirst = cat([ones(1, ScalarType.Bool, sorted.device), sorted.narrow(0, 1, sorted.shape[0] - 1).ne(sorted.narrow(0, 0, sorted.shape[0] - 1))]);
        var first = (Arithmetic.Range(sorted.shape[0], ScalarType.Int64, sorted.device) * isFirst).cummax(0).values;    // (R): where its target begins
        var largest = values.index_select(0, order).index_select(0, first);
        return zeros_like(values).scatter(0, order, largest).MoveToOuterDisposeScope();
    }

    private Tensor Overlap(Tensor targets, Tensor predicted)
    {
        using var scope = NewDisposeScope();
        return BoxIou.Of(iou, targets, predicted, BoxFormat.XyXy).AtLeast(0).MoveToOuterDisposeScope();
    }

    private Tensor Alignment(Tensor scores, Tensor overlaps)
    {
        using var scope = NewDisposeScope();
        return (scores.Power(scoreExponent) * overlaps.Power(iouExponent)).MoveToOuterDisposeScope();
    }

    /// <summary>Predictions and targets, all where the predictions are.</summary>
    private sealed class Batch
    {
        private readonly Tensor _points;

        public Batch(IReadOnlyList<Tensor> logits, Tensor boxes, TargetTable table, PointGrid grid)
        {
            (Logits, Boxes, Grid, TargetCount, NoSlot) = (logits, boxes, grid, table.Count, boxes.shape[0] * grid.Count);
            (Images, Classes, TargetBoxes, ByImage) = (Send(table.Images), Send(table.Classes), Send(table.Boxes), Send(table.ByImage));
            _points = grid.Points(boxes.dtype, boxes.device);
        }

        public IReadOnlyList<Tensor> Logits { get; }

        public Tensor Boxes { get; }

        public PointGrid Grid { get; }

        public long TargetCount { get; }

        /// <summary>One beyond the last slot.</summary>
        public long NoSlot { get; }

        public Tensor Images { get; }

        public Tensor Classes { get; }

        public Tensor TargetBoxes { get; }

        public Tensor ByImage { get; }

        /// <summary>To where the predictions are, without waiting for what is computed there.</summary>
        public Tensor Send(Tensor value) => value.to(Boxes.device, non_blocking: true);

        /// <summary>The points of slots, (R, 2): x, y in pixels.</summary>
        public Tensor PointsOf(Tensor slots) => _points.index_select(0, slots.Remainder(Grid.Count));
    }
}
