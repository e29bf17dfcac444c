using System.Collections.Concurrent;
using System.Runtime.ExceptionServices;
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

    /// <summary>Lays images of any shape; those on canvases of one size go together.</summary>
    /// <param name="images">Images and their places on square canvases.</param>
    /// <param name="canvas">What to lay them on.</param>
    /// <param name="maxStride">The network's largest stride, pixels.</param>
    /// <param name="showsBorders">Whether it was trained on images with borders.</param>
    /// <param name="pixelsAtOnce">Pixels of a batch at most; one image goes whatever its size.</param>
    /// <param name="lanes">Batches that are scored side by side: there are as many, where there are images for them.</param>
    /// <returns>Batches in which every image is once.</returns>
    public static IReadOnlyList<CanvasBatch> Lay(
        IReadOnlyList<LetterboxedImage> images, ScoringCanvas canvas, int maxStride, bool showsBorders, long pixelsAtOnce, int lanes)
    {
        var laid = images.Select((image, i) => (Index: i, Image: canvas == ScoringCanvas.Square
            ? image
            : image with { Letterbox = image.Letterbox.Tight(maxStride, showsBorders) }));
        var share = (images.Count + lanes - 1) / lanes;
        return
        [
            .. laid.GroupBy(entry => (entry.Image.Letterbox.CanvasWidth, entry.Image.Letterbox.CanvasHeight))
                .SelectMany(alike => alike.Chunk((int)Math.Clamp(pixelsAtOnce / ((long)alike.Key.CanvasWidth * alike.Key.CanvasHeight), 1, share)))
                .Select(part => new CanvasBatch(Array.ConvertAll(part, entry => entry.Index), Array.ConvertAll(part, entry => entry.Image))),
        ];
    }

    /// <summary>Detects in every batch, one after the other.</summary>
    /// <returns>Per image, most confident first.</returns>
    public static Detection[][] Detect(IReadOnlyList<CanvasBatch> batches, Func<LetterboxedImage[], Detection[][]> detect)
    {
        var found = new Detection[batches.Sum(batch => batch.Indices.Length)][];
        foreach (var batch in batches)
            Put(batch, detect(batch.Images), found);
        return found;
    }

    /// <summary>Detects in batches side by side, where they occupy most of the lanes; else one after the other, each on all threads.</summary>
    /// <inheritdoc cref="Detect(IReadOnlyList{CanvasBatch}, Func{LetterboxedImage[], Detection[][]})"/>
    public static Detection[][] Detect(IReadOnlyList<CanvasBatch> batches, IDetectionEngine engine, NmsOptions options)
    {
        if (engine.Lanes == 1 || batches.Count == 1 || 2 * batches.Count < engine.Lanes)
            return Detect(batches, images => engine.Detect(images, options));
        var found = new Detection[batches.Sum(batch => batch.Indices.Length)][];
        var waiting = new ConcurrentQueue<CanvasBatch>(batches);
        var failures = new ConcurrentQueue<ExceptionDispatchInfo>();
        LaneThreads.Run(Math.Min(engine.Lanes, batches.Count), () =>
        {
            try
            {
                while (failures.IsEmpty && waiting.TryDequeue(out var batch))
                    Put(batch, engine.DetectInLane(batch.Images, options), found);
            }
            catch (Exception exception)
            {
                failures.Enqueue(ExceptionDispatchInfo.Capture(exception));
            }
        });
        if (failures.TryDequeue(out var failure))
            failure.Throw();
        return found;
    }

    private static void Put(CanvasBatch batch, Detection[][] detections, Detection[][] found)
    {
        foreach (var (index, ofImage) in batch.Indices.Zip(detections))
            found[index] = ofImage;
    }
}
