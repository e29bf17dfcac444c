namespace ML.Yolo.Losses;

/// <summary>The overlap of two boxes and how it changes with the first, in plain numbers: <see cref="BoxIou"/> and its gradient, line by line.</summary>
/// <remarks>
/// Where two sides are equal each takes half of the gradient, as LibTorch's maximum and minimum share it. The weight of the aspect ratio is constant to the
/// gradient.
/// </remarks>
/// <param name="Value">The overlap.</param>
/// <param name="X">Its derivative by the centre's x.</param>
/// <param name="Y">Its derivative by the centre's y.</param>
/// <param name="Width">Its derivative by the width.</param>
/// <param name="Height">Its derivative by the height.</param>
internal readonly record struct BoxOverlap(double Value, double X, double Y, double Width, double Height)
{
    private const double Epsilon = 1e-7;

    /// <summary>The overlap of a predicted box with the one wanted, both as centre and size in one unit.</summary>
    public static BoxOverlap Of(BoxIouKind kind, in CentredBox box, in CentredBox wanted)
    {
        var across = Axis.Of(box.X, box.Width, wanted.X, wanted.Width);
        var down = Axis.Of(box.Y, box.Height, wanted.Y, wanted.Height);
        var overlap = across.Shared * down.Shared;
        var union = (box.Width * box.Height) + (wanted.Width * wanted.Height) - overlap + Epsilon;
        var iou = overlap / union;

        // ∂iou = ∂overlap · (1 + iou) / union − ∂(w·h) · iou / union
        var (byOverlap, byArea) = ((1 + iou) / union, -iou / union);
        var result = new BoxOverlap(
            iou,
            byOverlap * down.Shared * across.SharedByCentre,
            byOverlap * across.Shared * down.SharedByCentre,
            (byOverlap * down.Shared * across.SharedBySize) + (byArea * box.Height),
            (byOverlap * across.Shared * down.SharedBySize) + (byArea * box.Width));
        return kind switch
        {
            BoxIouKind.Iou => result,
            BoxIouKind.GIoU => result.Minus(Enclosing(across, down, box, union)),
            BoxIouKind.DIoU => result.Minus(Distance(across, down)),
            _ => result.Minus(Distance(across, down)).Minus(Aspect(box, wanted, iou)),
        };
    }

    /// <summary>(enclosing − union) / enclosing.</summary>
    private static BoxOverlap Enclosing(in Axis across, in Axis down, in CentredBox box, double union)
    {
        var enclosing = (across.Span * down.Span) + Epsilon;
        var (byEnclosing, byUnion) = (union / (enclosing * enclosing), -1 / enclosing);
        var (sharedX, sharedY) = (down.Shared * across.SharedByCentre, across.Shared * down.SharedByCentre);
        var (sharedWidth, sharedHeight) = (down.Shared * across.SharedBySize, across.Shared * down.SharedBySize);
        return new(
            (enclosing - union) / enclosing,
            (byEnclosing * down.Span * across.SpanByCentre) - (byUnion * sharedX),
            (byEnclosing * across.Span * down.SpanByCentre) - (byUnion * sharedY),
            (byEnclosing * down.Span * across.SpanBySize) + (byUnion * (box.Height - sharedWidth)),
            (byEnclosing * across.Span * down.SpanBySize) + (byUnion * (box.Width - sharedHeight)));
    }

    /// <summary>ρ² / c².</summary>
    private static BoxOverlap Distance(in Axis across, in Axis down)
    {
        var diagonal = (across.Span * across.Span) + (down.Span * down.Span) + Epsilon;
        var distance = (across.Offset * across.Offset) + (down.Offset * down.Offset);
        var value = distance / diagonal;
        return new(
            value,
            ((-2 * across.Offset) - (value * 2 * across.Span * across.SpanByCentre)) / diagonal,
            ((-2 * down.Offset) - (value * 2 * down.Span * down.SpanByCentre)) / diagonal,
            -value * 2 * across.Span * across.SpanBySize / diagonal,
            -value * 2 * down.Span * down.SpanBySize / diagonal);
    }

    /// <summary>αv.</summary>
    private static BoxOverlap Aspect(in CentredBox box, in CentredBox wanted, double iou)
    {
        const double Scale = 4 / (Math.PI * Math.PI);
        var height = Math.Max(box.Height, Epsilon);
        var ratio = box.Width / height;
        var difference = Math.Atan(wanted.Width / Math.Max(wanted.Height, Epsilon)) - Math.Atan(ratio);
        var v = difference * difference * Scale;
        var alpha = v / (v - iou + (1 + Epsilon));
        var byRatio = -2 * difference * Scale * alpha / (1 + (ratio * ratio));
        return new(v * alpha, 0, 0, byRatio / height, box.Height >= Epsilon ? -byRatio * ratio / height : 0);
    }

    private BoxOverlap Minus(in BoxOverlap other)
        => new(Value - other.Value, X - other.X, Y - other.Y, Width - other.Width, Height - other.Height);

    /// <summary>Two intervals: what they share and what they span, with derivatives by the first's centre and size.</summary>
    private readonly record struct Axis(
        double Shared, double SharedByCentre, double SharedBySize, double Span, double SpanByCentre, double SpanBySize, double Offset)
    {
        public static Axis Of(double centre, double size, double otherCentre, double otherSize)
        {
            var (start, end) = (centre - (size / 2), centre + (size / 2));
            var (otherStart, otherEnd) = (otherCentre - (otherSize / 2), otherCentre + (otherSize / 2));
            var shared = Math.Min(end, otherEnd) - Math.Max(start, otherStart);

            // How much of a derivative the first's end and start have in the smaller end and the larger start.
            var (inner, outer) = (Share(otherEnd - end), Share(start - otherStart));
            var isShared = shared >= 0 ? 1 : 0;
            return new(
                Math.Max(shared, 0),
                isShared * (inner - outer),
                isShared * (inner + outer) / 2,
                Math.Max(end, otherEnd) - Math.Min(start, otherStart),
                1 - inner - (1 - outer),
                (1 - inner + (1 - outer)) / 2,
                otherCentre - centre);
        }

        private static double Share(double lead) => lead > 0 ? 1 : lead < 0 ? 0 : 0.5;
    }
}
