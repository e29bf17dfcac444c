using Microsoft.ML.Transforms.Image;

namespace ML.Yolo.Imaging;

/// <summary>Where ML.NET's <c>ResizeImages</c> puts a picture: scaled to whole pixels, then shifted.</summary>
/// <param name="ScaleX">Pixels of the result per pixel of the source, across.</param>
/// <param name="ScaleY">The same, down.</param>
/// <param name="Left">Column of the picture's left edge; negative where it is cropped.</param>
/// <param name="Top">Row of its top edge.</param>
/// <param name="Width">Width of the result.</param>
/// <param name="Height">Height of the result.</param>
internal readonly record struct BoxResizing(float ScaleX, float ScaleY, int Left, int Top, int Width, int Height)
{
    /// <summary>The way from one size to another.</summary>
    /// <remarks>ML.NET computes in single precision and cuts to whole pixels; so does this, to land on the same ones.</remarks>
    public static BoxResizing Between(
        int width, int height, int newWidth, int newHeight, ImageResizingEstimator.ResizingKind kind, ImageResizingEstimator.Anchor cropAnchor)
    {
        var (across, down) = ((float)newWidth / width, (float)newHeight / height);
        if (kind == ImageResizingEstimator.ResizingKind.Fill || (width, height) == (newWidth, newHeight))
            return new(across, down, 0, 0, newWidth, newHeight);
        var isCrop = kind == ImageResizingEstimator.ResizingKind.IsoCrop;
        var fillsHeight = isCrop ? down >= across : down < across;                        // the picture's other axis is padded or cropped
        var scale = fillsHeight ? down : across;
        var (freeX, freeY) = (newWidth - (width * scale), newHeight - (height * scale));
        var anchor = isCrop ? cropAnchor : ImageResizingEstimator.Anchor.Center;
        var left = fillsHeight ? (int)(freeX * Share(anchor, ImageResizingEstimator.Anchor.Left, ImageResizingEstimator.Anchor.Right)) : 0;
        var top = fillsHeight ? 0 : (int)(freeY * Share(anchor, ImageResizingEstimator.Anchor.Top, ImageResizingEstimator.Anchor.Bottom));
        return new((float)(int)(width * scale) / width, (float)(int)(height * scale) / height, left, top, newWidth, newHeight);
    }

    /// <summary>The visible part of a box; without area where nothing of it is left.</summary>
    public Box Apply(in Box box)
        => new Box((box.X0 * ScaleX) + Left, (box.Y0 * ScaleY) + Top, (box.X1 * ScaleX) + Left, (box.Y1 * ScaleY) + Top).Clip(Width, Height);

    private static float Share(ImageResizingEstimator.Anchor anchor, ImageResizingEstimator.Anchor first, ImageResizingEstimator.Anchor last)
        => anchor == first ? 0 : anchor == last ? 1 : 0.5f;
}
