using ML.Yolo.Boxes;
using ML.Yolo.Losses;
using ML.Yolo.Tensors;
using static TorchSharp.torch;

namespace ML.Yolo;

/// <summary>
/// The loss of heads without anchors (YOLOv8, YOLO11, YOLOv5u): points assigned by task alignment, classes by cross-entropy, boxes by CIoU and by the
/// distribution of each side.
/// </summary>
/// <remarks>
/// Maps are (B, 4R + C, H, W) logits: R = 16 bins for each of left, top, right and bottom, then classes. Which points learn a target follows from the
/// predictions and is constant to the gradient; each learns it with a score
/// in [0, 1]. Terms, each divided by the sum of all scores, or by 1 where that is less, and weighted: "box", the sum of score · (1 − CIoU); "cls", the
/// binary cross-entropy of every class of every point against the
/// score, 0 for all but the target's class; "dfl", the sum of score · the cross-entropy of the two bins each side lies between (Li et al. 2020, eq. 6),
/// averaged over the four sides. Equal to Ultralytics 8.3. A target that
/// holds no point adds nothing.
/// </remarks>
public sealed class YoloV8Loss : DetectionLoss
{
    private static readonly string[] Names = ["box", "cls", "dfl"];

    private readonly int[] _strides;
    private readonly int _classCount;
    private readonly YoloV8LossOptions _options;
    private readonly TaskAlignedAssigner _assigner;
    private readonly BinaryCrossEntropy _classes;

    /// <summary>Makes the loss.</summary>
    /// <param name="strides">Pixels per cell, by layer of predictions, finest first.</param>
    /// <param name="classCount">Number of classes, C.</param>
    /// <param name="options">Weights and settings; the reference's where omitted.</param>
    /// <exception cref="ArgumentException">An option is out of range, there is no class, or the strides are not numbers of at least 1.</exception>
    public YoloV8Loss(IReadOnlyList<int> strides, int classCount, YoloV8LossOptions? options = null)
        : base(options = (YoloV8LossOptions)(options ?? new YoloV8LossOptions()).Copy())
    {
        ArgumentNullException.ThrowIfNull(strides);
        if (classCount < 1)
            throw new ArgumentOutOfRangeException(nameof(classCount), FormattableString.Invariant($"classCount is {classCount}; it must be at least 1."));
        if (strides.Count == 0 || strides.Any(stride => stride < 1))
            throw new ArgumentException($"strides is [{string.Join(", ", strides)}]; at least one number was expected, each at least 1.", nameof(strides));
        (_strides, _classCount, _options) = ([.. strides], classCount, options);
        _assigner = new TaskAlignedAssigner(options.TopCandidates, options.ScoreExponent, options.IouExponent, options.BoxIou);
        _classes = new BinaryCrossEntropy(options.ClassPositiveWeight, options.FocalGamma);
    }

    /// <inheritdoc/>
    public override IReadOnlyList<string> TermNames => Names;

    /// <inheritdoc/>
    public override int LayerCount => _strides.Length;

    private protected override string Takers => "point of any layer lies within";

    internal override void ComputeNothing() => SumOverShares?.Invoke([0, 0]);

    /// <summary>The assignment alone: which points learn which targets, and with which score.</summary>
    /// <inheritdoc cref="DetectionLoss.Compute"/>
    /// <returns>A row for each point that learns one, on the maps' device; the caller disposes it.</returns>
    public PointTargets BuildTargets(IReadOnlyList<Tensor> maps, Tensor targets)
    {
        using var scope = NewDisposeScope();
        var (table, grid, assigned) = Assign(maps, targets);
        var device = maps[0].device;
        var rows = assigned.Scores.IsAbove(0).nonzero().squeeze(1);
        var (slots, target) = (assigned.Slots.index_select(0, rows), assigned.Targets.index_select(0, rows));
        return new PointTargets
        {
            ImageIndex = slots.FloorOver(grid.Count),
            PointIndex = slots.Remainder(grid.Count),
            TargetIndex = table.Rows.to(device).index_select(0, target),
            Classes = table.Classes.to(device).index_select(0, target),
            Boxes = table.Boxes.to(device).index_select(0, target),
            Scores = assigned.Scores.index_select(0, rows),
        }.MoveToOuterDisposeScope();
    }

    private protected override Dictionary<string, Tensor> ComputeTerms(IReadOnlyList<Tensor> maps, Tensor targets)
    {
        var (table, grid, assigned) = Assign(maps, targets);
        var type = assigned.Scores.dtype;
        var total = TotalScore(assigned.Scores.sum(), maps[0].shape[0]);
        var classes = ClassLogits(maps).Select(logits => _classes.SumWithoutTarget(logits.to(type))).Aggregate(Arithmetic.Plus);
        var (box, distribution) = (zeros([], type, maps[0].device), zeros([], type, maps[0].device));
        if (assigned.Count > 0)
        {
            var rows = grid.Gather(maps, assigned.Slots).to(type);                                                // (R, 4R + C)
            var target = assigned.Targets;
            var logits = rows.narrow(1, PointChannels.FirstClass, _classCount);
            classes = classes.Plus(LearnedClasses(logits, Send(table.Classes, maps).index_select(0, target), assigned.Scores));
            var stride = grid.Strides(type, rows.device).index_select(0, assigned.Slots.Remainder(grid.Count)).unsqueeze(1);
            var point = grid.Points(type, rows.device).index_select(0, assigned.Slots.Remainder(grid.Count)) / stride;        // (R, 2) in cells
            var wanted = Send(table.Boxes, maps).index_select(0, target) / stride;                                // (R, 4): corners in cells
            (box, distribution) = BoxTerms(rows.narrow(1, 0, PointChannels.FirstClass), point, wanted, assigned.Scores);
        }

        return new()
        {
            ["box"] = (box / total).Times(_options.BoxWeight),
            ["cls"] = (classes / total).Times(_options.ClassWeight),
            ["dfl"] = (distribution / total).Times(_options.DistributionWeight),
        };
    }

    /// <summary>
    /// What the terms are divided by: the sum of the scores, at least 1; for a share of a batch such that the shares' totals add up to the whole batch's.
    /// </summary>
    private Tensor TotalScore(Tensor sum, long images)
    {
        if (SumOverShares is null)
            return sum.AtLeast(1);
        double[] sums = [sum.to(ScalarType.Float64).item<double>(), images];
        SumOverShares(sums);
        return tensor(Math.Max(sums[0], 1) * images / sums[1], sum.dtype, sum.device);
    }

    private (TargetTable Table, PointGrid Grid, PointAssignment Assigned) Assign(IReadOnlyList<Tensor> maps, Tensor targets)
    {
        DetectionLossInputs.CheckPointMaps(maps, _strides, _classCount);
        using var noGradient = no_grad();
        var type = WorkingType(maps[0]);
        var rows = targets.cpu().to(type);
        DetectionLossInputs.CheckTargets(rows, maps[0].shape[0], _classCount);
        var grid = new PointGrid(_strides, [.. maps.Select(map => (map.shape[2], map.shape[3]))]);
        var table = TargetTable.FromRows(rows, grid.ImageWidth, grid.ImageHeight, maps[0].shape[0]);
        var candidates = new CandidatePoints(table, grid);
        ReportUnassigned(rows, found =>
        {
            foreach (var (target, row) in table.Rows.data<long>().ToArray().Index())
                found[row] = candidates.CountOf(target) > 0;
        });
        var assigned = table.Count == 0
            ? PointAssignment.None(type, maps[0].device)
            : _assigner.Assign(ClassLogits(maps), PredictedBoxes(maps, grid, type), table, candidates, grid);
        return (table, grid, assigned);
    }

    /// <summary>Predicted corners in pixels, (B, N, 4).</summary>
    private static Tensor PredictedBoxes(IReadOnlyList<Tensor> maps, PointGrid grid, ScalarType type)
    {
        using var scope = NewDisposeScope();
        var levels = new Tensor[maps.Count];
        foreach (var (i, level) in grid.Levels.Index())
        {
            using var levelScope = NewDisposeScope();
            var logits = maps[i].narrow(1, 0, PointChannels.FirstClass).permute(0, 2, 3, 1).to(type);            // (B, H, W, 4R)
            var distances = YoloV8BoxCoding.DecodeDistances(logits).view(logits.shape[0], level.Count, YoloV8BoxCoding.Sides);
            var boxes = YoloV8BoxCoding.DecodeBoxes(distances, level.Points(type, logits.device), BoxFormat.XyXy);
            levels[i] = boxes.Times(level.Stride).MoveToOuterDisposeScope();
        }

        return cat(levels, 1).MoveToOuterDisposeScope();
    }

    private Tensor[] ClassLogits(IReadOnlyList<Tensor> maps) => [.. maps.Select(map => map.narrow(1, PointChannels.FirstClass, _classCount))];

    private static Tensor Send(Tensor value, IReadOnlyList<Tensor> maps) => value.to(maps[0].device, non_blocking: true);

    /// <summary>What the class term is more where points learn a target than it were if they learned none.</summary>
    private Tensor LearnedClasses(Tensor logits, Tensor classes, Tensor scores)
    {
        using var scope = NewDisposeScope();
        var targets = ClassTargets.OneHot(classes, logits, _options.LabelSmoothing, _options.LabelSmoothingRule) * scores.unsqueeze(1);    // (R, C)
        var isLearned = scores.unsqueeze(1).IsAbove(0);                                   // (R, 1)
        return ((_classes.Elements(logits, targets) - _classes.Elements(logits, zeros_like(targets))) * isLearned).sum().MoveToOuterDisposeScope();
    }

    private (Tensor Box, Tensor Distribution) BoxTerms(Tensor logits, Tensor points, Tensor wanted, Tensor scores)
    {
        using var scope = NewDisposeScope();
        var predicted = YoloV8BoxCoding.DecodeBoxes(YoloV8BoxCoding.DecodeDistances(logits), points, BoxFormat.XyXy);
        var box = (BoxIou.Of(_options.BoxIou, predicted, wanted, BoxFormat.XyXy).Complement() * scores).sum();
        var distribution = (DistributionFocalLoss.Of(logits, YoloV8BoxCoding.EncodeDistances(wanted, points)) * scores).sum();
        return (box.MoveToOuterDisposeScope(), distribution.MoveToOuterDisposeScope());
    }
}
