using ML.Yolo.Imaging;

namespace ML.Yolo.Scoring;

/// <summary>Detects on the tightest canvas that holds an image. Objects at the border are found better than on a square, and it costs less.</summary>
internal static class TightCanvases
{
    /// <summary>Detects in images of any shape; those on canvases of one size go together.</summary>
    /// <param name="images">Images and their places on any canvas.</param>
    /// <param name="stride">Largest stride of the network, pixels.</param>
    /// <param name="detect">Detects in one batch of one canvas size.</param>
    /// <returns>Per image, most confident first.</returns>
    public static Detection[][] Detect(
        IReadOnlyList<(ResizedImage Image, Letterbox Letterbox)> images, int stride, Func<IReadOnlyList<(ResizedImage Image, Letterbox Letterbox)>, Detection[][]> detect)
    {
        var results = new Detection[images.Count][];
        var tight = images.Select((entry, i) => (Index: i, entry.Image, Letterbox: entry.Letterbox.Tight(stride)));
        foreach (var alike in tight.GroupBy(entry => (entry.Letterbox.CanvasWidth, entry.Letterbox.CanvasHeight)))
        {
            var found = detect([.. alike.Select(entry => (entry.Image, entry.Letterbox))]);
            foreach (var (entry, detections) in alike.Zip(found))
                results[entry.Index] = detections;
        }

        return results;
    }
}
