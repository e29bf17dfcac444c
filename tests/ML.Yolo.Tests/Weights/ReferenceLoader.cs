using ML.Yolo.Imaging;

namespace ML.Yolo.Tests.Weights;

/// <summary>
/// Where the reference's validation lays an image on the canvas, and how it maps boxes back. It differs from our <see cref="Letterbox"/> where a scaled side is no whole number: the reference cuts it off, we round it; and it
/// maps back by one scale for both axes and by half of the free pixels, although it paints at a whole pixel.
/// </summary>
internal static class ReferenceLoader
{
    public static Letterbox Fit(int width, int height, int canvas)
    {
        var scale = (double)canvas / Math.Max(width, height);
        return new Letterbox(width, height, canvas, canvas, (int)(width * scale), (int)(height * scale));
    }

    /// <summary>From pixels of the canvas to pixels of the image, clamped to the image.</summary>
    public static (float X, float Y) ToImage(Letterbox letterbox, float x, float y)
    {
        var scale = (float)letterbox.ResizedHeight / letterbox.Height;
        var (left, top) = ((letterbox.CanvasWidth - letterbox.ResizedWidth) / 2f, (letterbox.CanvasHeight - letterbox.ResizedHeight) / 2f);
        return (Math.Clamp((x - left) / scale, 0, letterbox.Width), Math.Clamp((y - top) / scale, 0, letterbox.Height));
    }
}
