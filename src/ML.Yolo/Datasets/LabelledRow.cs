using ML.Yolo.Imaging;
using SkiaSharp;

namespace ML.Yolo.Datasets;

/// <summary>Gathers the objects of one image whose labels are in pixels.</summary>
/// <param name="imagePath">The image, which must exist.</param>
/// <param name="capacity">Objects expected.</param>
internal sealed class LabelledRow(string imagePath, int capacity)
{
    private readonly List<string> _labels = new(capacity);
    private readonly List<Box> _boxes = new(capacity);

    /// <summary>
    /// The frame that turns the labels' boxes into boxes of the stored picture. Labels mean the upright picture, unless the size their file declares is that
    /// of the stored one alone.
    /// </summary>
    /// <param name="width">Width the labels' file declares; 0 where it does not.</param>
    /// <param name="height">Height it declares; 0 where it does not.</param>
    /// <param name="wrong">Makes the exception where it declares neither size.</param>
    public ImageFrame LabelFrame(int width, int height, Func<string, Exception> wrong)
    {
        var frame = ImageHeader.Read(imagePath);
        if (width <= 0 || height <= 0 || (width, height) == (frame.UprightWidth, frame.UprightHeight))
            return frame;
        return (width, height) == (frame.Width, frame.Height)
            ? frame with { Origin = SKEncodedOrigin.TopLeft }
            : throw wrong($"the image is declared to have {width} × {height} pixels; '{imagePath}' has {frame.UprightWidth} × {frame.UprightHeight}, "
                + "so the boxes are those of another picture.");
    }

    /// <summary>Adds an object.</summary>
    public void Add(string label, Box box)
    {
        _labels.Add(label);
        _boxes.Add(box);
    }

    /// <summary>The row.</summary>
    public DetectionRow ToRow() => new() { ImagePath = imagePath, Label = [.. _labels], BoundingBoxes = [.. _boxes] };
}
