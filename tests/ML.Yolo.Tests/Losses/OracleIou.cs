namespace ML.Yolo.Tests.Losses;

/// <summary>Overlap of a predicted box with a fixed one, written out one number at a time.</summary>
internal static class OracleIou
{
    private const double Epsilon = 1e-7;

    /// <param name="kind">The measure.</param>
    /// <param name="a">Corners of the predicted box.</param>
    /// <param name="b">Corners of the other.</param>
    public static Dual Of(BoxIouKind kind, (Dual X0, Dual Y0, Dual X1, Dual Y1) a, (double X0, double Y0, double X1, double Y1) b)
    {
        var overlap = Dual.Max(Dual.Min(a.X1, b.X1) - Dual.Max(a.X0, b.X0), 0) * Dual.Max(Dual.Min(a.Y1, b.Y1) - Dual.Max(a.Y0, b.Y0), 0);
        var ((width, height), (bWidth, bHeight)) = ((a.X1 - a.X0, a.Y1 - a.Y0), (b.X1 - b.X0, b.Y1 - b.Y0));
        var union = (width * height) + (bWidth * bHeight) - overlap + Epsilon;
        var iou = overlap / union;
        var (wide, high) = (Dual.Max(a.X1, b.X1) - Dual.Min(a.X0, b.X0), Dual.Max(a.Y1, b.Y1) - Dual.Min(a.Y0, b.Y0));
        if (kind == BoxIouKind.Iou)
            return iou;
        if (kind == BoxIouKind.GIoU)
            return iou - (((wide * high) + Epsilon - union) / ((wide * high) + Epsilon));
        var (dx, dy) = ((b.X0 + b.X1 - a.X0 - a.X1) / 2, (b.Y0 + b.Y1 - a.Y0 - a.Y1) / 2);
        var distance = ((dx * dx) + (dy * dy)) / ((wide * wide) + (high * high) + Epsilon);
        if (kind == BoxIouKind.DIoU)
            return iou - distance;
        var angle = Math.Atan(bWidth / bHeight) - Dual.Atan(width / height);
        var v = angle * angle * (4 / (Math.PI * Math.PI));
        var alpha = v.Value / (v.Value - iou.Value + 1 + Epsilon);                        // a constant to the gradient
        return iou - (distance + (v * alpha));
    }
}
