using ML.Yolo.Imaging;

namespace ML.Yolo.Scoring;

/// <summary>Lays images on the canvases asked for before they are scored.</summary>
internal static class ScoringCanvases
{
    /// <summary>
    /// Pixels whose features stay in a CPU's caches: one canvas of 640 pixels. Eight at a time take a fifth longer each than one by one, since the first
    /// layers' features go to memory and back.
    /// </summary>
    public const long PixelsOfCaches = 640 * 640;

    /// <summary>Detects in images of any shape; those on canvases of one size go together.</summary>
    /// <param name="images">Images and their places on square canvases.</param>
    /// <param name="canvas">What to lay them on.</param>
    /// <param name="maxStride">The network's largest stride, pixels.</param>
    /// <param name="showsBorders">Whether it was trained on images with borders.</param>
    /// <param name="pixelsAtOnce">Pixels of a batch at most; one image goes whatever its size.</param>
    /// <param name="detect">Detects in one batch of one canvas size.</param>
    /// <returns>Per image, most confident first.</returns>
    public static Detection[][] Detect(
        IReadOnlyList<LetterboxedImage> images,
        ScoringCanvas canvas,
        int maxStride,
        bool showsBorders,
        long pixelsAtOnce,
        Func<IReadOnlyList<LetterboxedImage>, Detection[][]> detect)
    {
        if (canvas == ScoringCanvas.Square)
            return DetectParts(images, pixelsAtOnce, detect);
        var results = new Detection[images.Count][];
        var tight = images.Select((entry, i) => (Index: i, entry.Image, Letterbox: entry.Letterbox.Tight(maxStride, showsBorders)));
        foreach (var alike in tight.GroupBy(entry => (entry.Letterbox.CanvasWidth, entry.Letterbox.CanvasHeight)))
        {
            var found = DetectParts([.. alike.Select(entry => new LetterboxedImage(entry.Image, entry.Letterbox))], pixelsAtOnce, detect);
            foreach (var (entry, detections) in alike.Zip(found))
                results[entry.Index] = detections;
        }

        return results;
    }

    private static Detection[][] DetectParts(
        IReadOnlyList<LetterboxedImage> images, long pixelsAtOnce, Func<IReadOnlyList<LetterboxedImage>, Detection[][]> detect)
    {
        var pixels = (long)images[0].Letterbox.CanvasWidth * images[0].Letterbox.CanvasHeight;
        var size = (int)Math.Clamp(pixelsAtOnce / pixels, 1, images.Count);
        return size == images.Count ? detect(images) : [.. images.Chunk(size).SelectMany(part => detect(part))];
    }
}
