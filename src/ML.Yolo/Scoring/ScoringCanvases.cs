using ML.Yolo.Imaging;

namespace ML.Yolo.Scoring;

/// <summary>Lays images on the canvases that the options ask for before they are scored.</summary>
internal static class ScoringCanvases
{
    /// <summary>Detects in images of any shape; those on canvases of one size go together.</summary>
    /// <param name="images">Images and their places on square canvases.</param>
    /// <param name="options">The canvas, the network's strides, and whether it was trained on images with borders.</param>
    /// <param name="detect">Detects in one batch of one canvas size.</param>
    /// <returns>Per image, most confident first.</returns>
    public static Detection[][] Detect(
        IReadOnlyList<LetterboxedImage> images, YoloTrainer.Options options, Func<IReadOnlyList<LetterboxedImage>, Detection[][]> detect)
    {
        if (options.ScoringCanvas == ScoringCanvas.Square)
            return detect(images);
        var results = new Detection[images.Count][];
        var tight = images.Select((entry, i) => (Index: i, entry.Image, Letterbox: entry.Letterbox.Tight(options.Architecture.Strides[^1], options.Augmentation.ShowsBorders)));
        foreach (var alike in tight.GroupBy(entry => (entry.Letterbox.CanvasWidth, entry.Letterbox.CanvasHeight)))
        {
            var found = detect([.. alike.Select(entry => new LetterboxedImage(entry.Image, entry.Letterbox))]);
            foreach (var (entry, detections) in alike.Zip(found))
                results[entry.Index] = detections;
        }

        return results;
    }
}
