using System.Runtime.InteropServices;
using Microsoft.ML.Data;
using SkiaSharp;

namespace ML.Yolo.Imaging;

/// <summary>The two frames of a photo: as its pixels are stored, and upright, as its EXIF orientation asks it to be shown.</summary>
/// <remarks>
/// ML.NET's images hold the pixels as stored, and so do the boxes of every column. Label files mean the upright picture, since that is what people and their tools see; the network is shown the upright picture too.
/// This is where one becomes the other. An orientation is a swap of the axes, then a mirroring of either axis of the upright picture (EXIF 2.3, tag 0x0112).
/// </remarks>
/// <param name="Width">Width as stored, pixels.</param>
/// <param name="Height">Height as stored, pixels.</param>
/// <param name="Origin">Where the first stored pixel is shown.</param>
internal readonly record struct ImageFrame(int Width, int Height, SKEncodedOrigin Origin)
{
    /// <summary>Whether stored and upright pixels are the same.</summary>
    public bool IsUpright => Origin is SKEncodedOrigin.TopLeft or 0;

    /// <summary>Width of the upright picture, pixels.</summary>
    public int UprightWidth => SwapsAxes ? Height : Width;

    /// <summary>Height of the upright picture, pixels.</summary>
    public int UprightHeight => SwapsAxes ? Width : Height;

    /// <summary>Whether rows become columns.</summary>
    public bool SwapsAxes => Origin is SKEncodedOrigin.LeftTop or SKEncodedOrigin.RightTop or SKEncodedOrigin.RightBottom or SKEncodedOrigin.LeftBottom;

    private bool MirrorsX => Origin is SKEncodedOrigin.TopRight or SKEncodedOrigin.BottomRight or SKEncodedOrigin.RightTop or SKEncodedOrigin.RightBottom;

    private bool MirrorsY => Origin is SKEncodedOrigin.BottomRight or SKEncodedOrigin.BottomLeft or SKEncodedOrigin.RightBottom or SKEncodedOrigin.LeftBottom;

    /// <summary>The frame of an image of ML.NET: its pixels as they are, turned as the file that <c>LoadImages</c> took it from asks.</summary>
    /// <remarks><c>LoadImages</c> leaves the path in the image's tag, and steps such as <c>ResizeImages</c> keep it. An image without one, or that someone turned already, is upright as it is.</remarks>
    public static ImageFrame Of(MLImage image)
    {
        var (width, height) = (image.Width, image.Height);
        using var codec = File.Exists(image.Tag) ? SKCodec.Create(image.Tag) : null;
        var frame = new ImageFrame(width, height, codec?.EncodedOrigin ?? SKEncodedOrigin.TopLeft);
        var isTurned = frame.SwapsAxes && width != height && (width, height) == (codec!.Info.Height, codec.Info.Width);
        return isTurned ? frame with { Origin = SKEncodedOrigin.TopLeft } : frame;
    }

    /// <summary>The same orientation of a picture of another stored size.</summary>
    public ImageFrame Resize(int width, int height) => this with { Width = width, Height = height };

    /// <summary>From pixels as stored to pixels of the upright picture.</summary>
    public Box ToUpright(Box box)
    {
        if (IsUpright)
            return box;
        return Mirror(SwapsAxes ? new Box(box.Y0, box.X0, box.Y1, box.X1) : box);
    }

    /// <summary>From pixels of the upright picture to pixels as stored.</summary>
    public Box ToStored(Box box)
    {
        if (IsUpright)
            return box;
        var mirrored = Mirror(box);
        return SwapsAxes ? new Box(mirrored.Y0, mirrored.X0, mirrored.Y1, mirrored.X1) : mirrored;
    }

    /// <summary>Turns stored pixels upright.</summary>
    /// <param name="pixels">Width × Height pixels of four bytes, row by row.</param>
    /// <returns>As many pixels, in rows of <see cref="UprightWidth"/>.</returns>
    public byte[] Turn(byte[] pixels)
    {
        var turned = new byte[pixels.Length];
        var stored = MemoryMarshal.Cast<byte, uint>(pixels);
        var upright = MemoryMarshal.Cast<byte, uint>(turned.AsSpan());
        var (width, height) = (UprightWidth, UprightHeight);
        for (var y = 0; y < height; y++)
        {
            var v = MirrorsY ? height - 1 - y : y;
            var first = MirrorsX ? width - 1 : 0;
            var (start, step) = SwapsAxes ? ((first * Width) + v, Width) : ((v * Width) + first, 1);
            step = MirrorsX ? -step : step;
            var row = upright.Slice(y * width, width);
            for (var x = 0; x < row.Length; x++, start += step)
                row[x] = stored[start];
        }

        return turned;
    }

    private Box Mirror(Box box)
    {
        var (width, height) = (UprightWidth, UprightHeight);
        var (x0, x1) = MirrorsX ? (width - box.X1, width - box.X0) : (box.X0, box.X1);
        var (y0, y1) = MirrorsY ? (height - box.Y1, height - box.Y0) : (box.Y0, box.Y1);
        return new Box(x0, y0, x1, y1);
    }
}
