namespace ML.Yolo.Imaging;

/// <summary>Where an image lies on the network's canvas: scaled to fit, its proportions kept, centred on gray.</summary>
/// <param name="Width">Width of the image, pixels.</param>
/// <param name="Height">Height of the image, pixels.</param>
/// <param name="CanvasWidth">Width of the canvas, pixels.</param>
/// <param name="CanvasHeight">Height of the canvas, pixels.</param>
/// <param name="ResizedWidth">Width of the image on the canvas, pixels.</param>
/// <param name="ResizedHeight">Height of the image on the canvas, pixels.</param>
internal readonly record struct Letterbox(int Width, int Height, int CanvasWidth, int CanvasHeight, int ResizedWidth, int ResizedHeight)
{
    /// <summary>Gray level of the canvas around the image.</summary>
    public const byte Gray = 114;

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

    /// <summary>From pixels of the image to pixels of the canvas.</summary>
    public (float X, float Y) ToCanvas(float x, float y) => ((x * ScaleX) + Left, (y * ScaleY) + Top);

    /// <summary>From pixels of the canvas to pixels of the image, clamped to the image.</summary>
    public (float X, float Y) ToImage(float x, float y)
        => (Math.Clamp((x - Left) / ScaleX, 0, Width), Math.Clamp((y - Top) / ScaleY, 0, Height));
}
