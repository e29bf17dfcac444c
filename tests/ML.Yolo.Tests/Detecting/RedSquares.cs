using ML.Yolo.Imaging;
using ML.Yolo.Scoring;

namespace ML.Yolo.Tests.Detecting;

/// <summary>Finds red squares on gray by looking at pixels.</summary>
internal static class RedSquares
{
    private const int MinSide = 8;

    /// <summary>Boxes of connected red pixels with sides of at least eight on the canvas, in pixels of the original.</summary>
    public static Detection[] Find(LetterboxedImage entry)
    {
        var image = entry.Image;
        var seen = new bool[image.Width * image.Height];
        var found = new List<Detection>();
        for (var start = 0; start < seen.Length; start++)
        {
            if (seen[start] || !IsRed(image, start))
                continue;
            var (x0, y0, x1, y1) = Grow(image, start, seen);
            if (x1 - x0 < MinSide || y1 - y0 < MinSide)
                continue;
            var letterbox = entry.Letterbox;
            var box = letterbox.ToStored(x0 + letterbox.Left, y0 + letterbox.Top, x1 + letterbox.Left, y1 + letterbox.Top);
            found.Add(new Detection(box.X0, box.Y0, box.X1, box.Y1, 0.9f, 0));
        }

        return [.. found];
    }

    private static bool IsRed(ResizedImage image, int pixel) => image.Pixels[4 * pixel] > 180 && image.Pixels[(4 * pixel) + 1] < 60;

    private static (int X0, int Y0, int X1, int Y1) Grow(ResizedImage image, int start, bool[] seen)
    {
        var (x0, y0, x1, y1) = (int.MaxValue, int.MaxValue, 0, 0);
        var open = new Stack<int>([start]);
        while (open.TryPop(out var pixel))
        {
            if (seen[pixel] || !IsRed(image, pixel))
                continue;
            seen[pixel] = true;
            var (x, y) = (pixel % image.Width, pixel / image.Width);
            (x0, y0, x1, y1) = (Math.Min(x0, x), Math.Min(y0, y), Math.Max(x1, x + 1), Math.Max(y1, y + 1));
            if (x > 0)
                open.Push(pixel - 1);
            if (x + 1 < image.Width)
                open.Push(pixel + 1);
            if (y > 0)
                open.Push(pixel - image.Width);
            if (y + 1 < image.Height)
                open.Push(pixel + image.Width);
        }

        return (x0, y0, x1, y1);
    }
}
