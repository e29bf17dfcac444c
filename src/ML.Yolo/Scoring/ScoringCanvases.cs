using ML.Yolo.Imaging;

namespace ML.Yolo.Scoring;

/// <summary>Lays images on the canvases asked for before they are scored.</summary>
internal static class ScoringCanvases
{
    /// <summary>Detects in images of any shape; those on canvases of one size go together.</summary>
    /// <param name="images">Images and their places on square canvases.</param>
    /// <param name="canvas">What to lay them on.</param>
    /// <param name="maxStride">The network's largest stride, pixels.</param>
    /// <param name="showsBorders">Whether it was trained on images with borders.</param>
    /// <param name="detect">Detects in one batch of one canvas size.</param>
    /// <returns>Per image, most confident first.</returns>
    public static Detection[][] Detect(
        IReadOnlyList<LetterboxedImage> images,
        ScoringCanvas canvas,
        int maxStride,
        bool showsBorders,
        Func<IReadOnlyList<LetterboxedImage>, Detection[][]> detect)
    {
        if (canvas == ScoringCanvas.Square)
            return detect(images);
        var results = new Detection[images.Count][];
        var tight = images.Select((entry, i) => (Index: i, entry.Image, Letterbox: entry.Letterbox.Tight(maxStride, showsBorders)));
        foreach (var alike in tight.GroupBy(entry => (entry.Letterbox.CanvasWidth, entry.Letterbox.CanvasHeight)))
        {
            var found = detect([.. alike.Select(entry => new LetterboxedImage(entry.Image, entry.Letterbox))]);
            foreach (var (entry, detections) in alike.Zip(found))
                results[entry.Index] = detections;
        }

        return results;
    }
}
