using Microsoft.ML.Data;
using SkiaSharp;

namespace ML.Yolo.Imaging;

/// <summary>Where an image lies on the network's canvas: scaled to fit, its proportions kept, centred on gray.</summary>
/// <param name="Width">Width of the image, upright, pixels.</param>
/// <param name="Height">Height of the image, upright, pixels.</param>
/// <param name="CanvasWidth">Width of the canvas, pixels.</param>
/// <param name="CanvasHeight">Height of the canvas, pixels.</param>
/// <param name="ResizedWidth">Width of the image on the canvas, pixels.</param>
/// <param name="ResizedHeight">Height of the image on the canvas, pixels.</param>
internal readonly record struct Letterbox(int Width, int Height, int CanvasWidth, int CanvasHeight, int ResizedWidth, int ResizedHeight)
{
    /// <summary>Gray level of the canvas around the image.</summary>
    public const byte Gray = 114;

    /// <summary>Where the image's first stored pixel is shown: top left, unless the image has an EXIF orientation.</summary>
    public SKEncodedOrigin Origin { get; init; }

    /// <summary>The image as stored.</summary>
    public ImageFrame Frame => new ImageFrame(Width, Height, Origin) is var frame && frame.SwapsAxes ? frame.Resize(Height, Width) : frame;

    /// <summary>Column of the image's left edge on the canvas: the smaller half of the free columns.</summary>
    public int Left => (CanvasWidth - ResizedWidth) / 2;

    /// <summary>Row of the image's top edge on the canvas: the smaller half of the free rows.</summary>
    public int Top => (CanvasHeight - ResizedHeight) / 2;

    private float ScaleX => (float)ResizedWidth / Width;

    private float ScaleY => (float)ResizedHeight / Height;

    /// <summary>Fits an image onto a canvas.</summary>
    /// <param name="width">Width of the image, at least 1.</param>
    /// <param name="height">Height of the image, at least 1.</param>
    /// <param name="canvasWidth">Width of the canvas.</param>
    /// <param name="canvasHeight">Height of the canvas.</param>
    /// <param name="scaleUp">Whether an image smaller than the canvas is enlarged.</param>
    public static Letterbox Fit(int width, int height, int canvasWidth, int canvasHeight, bool scaleUp = true)
    {
        var ratio = Math.Min((double)canvasWidth / width, (double)canvasHeight / height);
        if (!scaleUp)
            ratio = Math.Min(ratio, 1);
        return new(width, height, canvasWidth, canvasHeight, Scale(width), Scale(height));

        // A very long image keeps at least one row or column.
        int Scale(int size) => Math.Max((int)Math.Round(size * ratio, MidpointRounding.ToEven), 1);
    }

    /// <summary>Fits an image of ML.NET, turned upright, onto a square canvas.</summary>
    public static Letterbox Fit(MLImage image, int canvasSize)
    {
        var frame = ImageFrame.Of(image);
        return Fit(frame.UprightWidth, frame.UprightHeight, canvasSize, canvasSize) with { Origin = frame.Origin };
    }

    /// <summary>The image as it is, on the smallest canvas of whole strides.</summary>
    /// <param name="stride">Pixels the sides must be a multiple of.</param>
    /// <param name="isSpared">Whether half a stride must be left free, as the reference validates.</param>
    public Letterbox Tight(int stride, bool isSpared)
    {
        return this with { CanvasWidth = Around(ResizedWidth), CanvasHeight = Around(ResizedHeight) };

        int Around(int size) => (int)Math.Ceiling(((double)size / stride) + (isSpared ? 0.5 : 0)) * stride;
    }

    /// <summary>From pixels of the upright image to pixels of the canvas.</summary>
    public (float X, float Y) ToCanvas(float x, float y) => ((x * ScaleX) + Left, (y * ScaleY) + Top);

    /// <summary>From a box in pixels of the upright image to one in pixels of the canvas.</summary>
    public Box ToCanvas(Box box)
    {
        var ((x0, y0), (x1, y1)) = (ToCanvas(box.X0, box.Y0), ToCanvas(box.X1, box.Y1));
        return new Box(x0, y0, x1, y1);
    }

    /// <summary>From a box in pixels of the canvas to one in pixels of the image as stored, clamped to the image.</summary>
    public Box ToStored(float x0, float y0, float x1, float y1)
    {
        var ((left, top), (right, bottom)) = (ToImage(x0, y0), ToImage(x1, y1));
        return Frame.ToStored(new Box(left, top, right, bottom));
    }

    /// <summary>From pixels of the canvas to pixels of the upright image, clamped to the image.</summary>
    public (float X, float Y) ToImage(float x, float y)
        => (Math.Clamp((x - Left) / ScaleX, 0, Width), Math.Clamp((y - Top) / ScaleY, 0, Height));
}
