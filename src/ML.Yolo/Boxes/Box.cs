using System.Runtime.InteropServices;
using System.Text.Json.Serialization;

namespace ML.Yolo;

/// <summary>An axis-aligned box by its corners, origin top left. Its unit is that of its owner: pixels of an image, unless said otherwise.</summary>
/// <remarks>Four numbers in the order of the columns of boxes: a vector of such numbers is a vector of boxes, and is read as one.</remarks>
/// <param name="X0">Left.</param>
/// <param name="Y0">Top.</param>
/// <param name="X1">Right.</param>
/// <param name="Y1">Bottom.</param>
[StructLayout(LayoutKind.Sequential)]
[method: JsonConstructor]
public readonly record struct Box(float X0, float Y0, float X1, float Y1)
{
    private const float UltralyticsEpsilon = 1e-7f;

    /// <summary>Right minus left; negative where the corners are the wrong way round.</summary>
    [JsonIgnore]
    public float Width => X1 - X0;

    /// <summary>Bottom minus top; negative where the corners are the wrong way round.</summary>
    [JsonIgnore]
    public float Height => Y1 - Y0;

    /// <summary>Width × height, in double precision.</summary>
    [JsonIgnore]
    public double Area => ((double)X1 - X0) * ((double)Y1 - Y0);

    /// <summary>Whether none of the four numbers is infinite or NaN.</summary>
    internal bool IsFinite => float.IsFinite(X0) && float.IsFinite(Y0) && float.IsFinite(X1) && float.IsFinite(Y1);

    /// <summary>Whether the right edge lies left of the left one, or the bottom edge above the top one.</summary>
    internal bool IsInverted => X1 < X0 || Y1 < Y0;

    /// <summary>Width × height in single precision, as YOLOv5 computes it while it augments and matches.</summary>
    internal float SingleArea => Width * Height;

    /// <summary>
    /// The part within a canvas from (0, 0) to (<paramref name="width"/>, <paramref name="height"/>); without area where nothing of it is there.
    /// </summary>
    /// <param name="width">Width of the canvas.</param>
    /// <param name="height">Height of the canvas.</param>
    public Box Clip(float width, float height)
        => new(Math.Clamp(X0, 0, width), Math.Clamp(Y0, 0, height), Math.Clamp(X1, 0, width), Math.Clamp(Y1, 0, height));

    /// <summary>The same box elsewhere.</summary>
    /// <param name="x">Added to left and right.</param>
    /// <param name="y">Added to top and bottom.</param>
    public Box Shift(float x, float y) => new(X0 + x, Y0 + y, X1 + x, Y1 + y);

    /// <summary>Intersection over union in double precision, as COCO's tools compute it; 0 where the boxes do not overlap.</summary>
    /// <param name="other">Another box, in the same unit.</param>
    public double Iou(in Box other)
    {
        var overlap = Overlap(other);
        return overlap > 0 ? overlap / (Area + other.Area - overlap) : 0;
    }

    /// <summary>Share of this box that lies within the other, in [0, 1]: COCO's overlap with a crowd; 0 where this one has no area.</summary>
    /// <param name="other">Another box, in the same unit.</param>
    public double ShareWithin(in Box other)
    {
        var overlap = Overlap(other);
        return overlap > 0 ? overlap / Area : 0;
    }

    /// <summary>Intersection over union in single precision with 1e-7 added to the union, as YOLOv5 matches detections.</summary>
    internal float UltralyticsIou(in Box other)
    {
        var overlap = SingleOverlap(other);
        return overlap / (SingleArea + other.SingleArea - overlap + UltralyticsEpsilon);
    }

    /// <summary>Share of this box that lies within the other in single precision, as YOLOv5 augments; 0 where this one has no area.</summary>
    internal float SingleShareWithin(in Box other) => SingleArea > 0 ? SingleOverlap(other) / SingleArea : 0;

    /// <summary>Area that both boxes cover; 0 where they do not overlap.</summary>
    internal double Overlap(in Box other)
    {
        var width = Math.Min((double)X1, other.X1) - Math.Max((double)X0, other.X0);
        var height = Math.Min((double)Y1, other.Y1) - Math.Max((double)Y0, other.Y0);
        return width > 0 && height > 0 ? width * height : 0;
    }

    private float SingleOverlap(in Box other)
        => Math.Max(Math.Min(X1, other.X1) - Math.Max(X0, other.X0), 0) * Math.Max(Math.Min(Y1, other.Y1) - Math.Max(Y0, other.Y0), 0);
}
