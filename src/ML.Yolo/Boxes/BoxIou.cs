using ML.Yolo.Tensors;
using static TorchSharp.torch;

namespace ML.Yolo;

/// <summary>Overlap of boxes, pair by pair, differentiable in both.</summary>
/// <remarks>
/// Boxes are tensors (…, 4) of any one unit; leading dimensions broadcast, the result has shape (…). Values lie in [0, 1] for IoU and in (−1.5, 1] for
/// the others. Boxes without area are accepted: every value and gradient stays finite, and the aspect ratio of a box of height zero
/// counts as that of a sliver of height 1e-7.
/// </remarks>
public static class BoxIou
{
    private const double Epsilon = 1e-7;

    /// <summary>Intersection over union.</summary>
    /// <param name="boxes1">Boxes (…, 4).</param>
    /// <param name="boxes2">Boxes (…, 4).</param>
    /// <param name="format">What the four numbers mean, in both.</param>
    /// <exception cref="ArgumentException">The last dimension is not four.</exception>
    public static Tensor Iou(Tensor boxes1, Tensor boxes2, BoxFormat format = BoxFormat.XyWh) => Of(BoxIouKind.Iou, boxes1, boxes2, format);

    /// <summary>Generalised IoU (Rezatofighi et al. 2019, eq. 3): IoU − (enclosing − union) / enclosing.</summary>
    /// <inheritdoc cref="Iou"/>
    public static Tensor GIoU(Tensor boxes1, Tensor boxes2, BoxFormat format = BoxFormat.XyWh) => Of(BoxIouKind.GIoU, boxes1, boxes2, format);

    /// <summary>Distance IoU (Zheng et al. 2020, eq. 7): IoU − ρ² / c², centre distance over the enclosing box's diagonal.</summary>
    /// <inheritdoc cref="Iou"/>
    public static Tensor DIoU(Tensor boxes1, Tensor boxes2, BoxFormat format = BoxFormat.XyWh) => Of(BoxIouKind.DIoU, boxes1, boxes2, format);

    /// <summary>
    /// Complete IoU (Zheng et al. 2020, eq. 10): DIoU − αv, with v the squared difference of aspect angles. α is held constant in the gradient.
    /// </summary>
    /// <inheritdoc cref="Iou"/>
    public static Tensor CIoU(Tensor boxes1, Tensor boxes2, BoxFormat format = BoxFormat.XyWh) => Of(BoxIouKind.CIoU, boxes1, boxes2, format);

    internal static Tensor Of(BoxIouKind kind, Tensor boxes1, Tensor boxes2, BoxFormat format)
    {
        CheckBoxes(boxes1, nameof(boxes1));
        CheckBoxes(boxes2, nameof(boxes2));
        using var scope = NewDisposeScope();
        var (a, b) = (Corners.Of(boxes1, format), Corners.Of(boxes2, format));
        var overlap = (a.Right.minimum(b.Right) - a.Left.maximum(b.Left)).AtLeast(0)
            * (a.Bottom.minimum(b.Bottom) - a.Top.maximum(b.Top)).AtLeast(0);
        var union = ((a.Width * a.Height).Plus(b.Width * b.Height) - overlap).Plus(Epsilon);
        var iou = overlap / union;
        var value = kind == BoxIouKind.Iou ? iou : iou - Penalty(kind, a, b, iou, union);
        return value.MoveToOuterDisposeScope();
    }

    private static Tensor Penalty(BoxIouKind kind, Corners a, Corners b, Tensor iou, Tensor union)
    {
        var enclosingWidth = a.Right.maximum(b.Right) - a.Left.minimum(b.Left);
        var enclosingHeight = a.Bottom.maximum(b.Bottom) - a.Top.minimum(b.Top);
        if (kind == BoxIouKind.GIoU)
        {
            var enclosing = (enclosingWidth * enclosingHeight).Plus(Epsilon);
            return (enclosing - union) / enclosing;
        }

        var diagonal = enclosingWidth.Squared().Plus(enclosingHeight.Squared()).Plus(Epsilon);
        var (across, down) = (b.Left.Plus(b.Right) - a.Left - a.Right, b.Top.Plus(b.Bottom) - a.Top - a.Bottom);
        var distance = across.Squared().Plus(down.Squared()).Over(4);
        return kind == BoxIouKind.DIoU ? distance / diagonal : (distance / diagonal).Plus(AspectPenalty(a, b, iou));
    }

    private static Tensor AspectPenalty(Corners a, Corners b, Tensor iou)
    {
        // The bounded divisor changes nothing above 1e-7 and keeps 0 / 0 out of the gradient.
        var difference = (b.Width / b.Height.AtLeast(Epsilon)).atan() - (a.Width / a.Height.AtLeast(Epsilon)).atan();
        var v = difference.Squared().Times(4 / (Math.PI * Math.PI));
        var constant = v.detach();
        var alpha = constant / (constant - iou.detach()).Plus(1 + Epsilon);
        return v * alpha;
    }

    private static void CheckBoxes(Tensor boxes, string parameter)
    {
        ArgumentNullException.ThrowIfNull(boxes, parameter);
        if (boxes.dim() < 1 || boxes.shape[^1] != 4)
            throw new ArgumentException($"{parameter} has shape ({string.Join(", ", boxes.shape)}); boxes end in a dimension of 4.", parameter);
    }

    private readonly record struct Corners(Tensor Left, Tensor Top, Tensor Right, Tensor Bottom, Tensor Width, Tensor Height)
    {
        public static Corners Of(Tensor boxes, BoxFormat format)
        {
            var parts = boxes.unbind(-1);
            if (format == BoxFormat.XyXy)
                return new(parts[0], parts[1], parts[2], parts[3], parts[2] - parts[0], parts[3] - parts[1]);
            var (halfWidth, halfHeight) = (parts[2].Over(2), parts[3].Over(2));
            return new(parts[0] - halfWidth, parts[1] - halfHeight, parts[0].Plus(halfWidth), parts[1].Plus(halfHeight), parts[2], parts[3]);
        }
    }
}
