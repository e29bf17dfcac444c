using ML.Yolo.Imaging;

namespace ML.Yolo;

/// <summary>An image that waits in a <see cref="DetectionBatcher"/> for its batch, and what its caller wants of it.</summary>
internal sealed class BatchedImage(PreparedImage image, float scoreThreshold, float iouThreshold, int maxDetections, long readyAt)
{
    // Whoever waits for it goes on with a thread of their own: the batcher's is needed for the next batch.
    private readonly TaskCompletionSource<ImageDetections> _result = new(TaskCreationOptions.RunContinuationsAsynchronously);

    public PreparedImage Image => image;

    public float ScoreThreshold => scoreThreshold;

    public float IouThreshold => iouThreshold;

    public int MaxDetections => maxDetections;

    /// <summary>When it was decoded, in the time provider's ticks.</summary>
    public long ReadyAt => readyAt;

    public Task<ImageDetections> Result => _result.Task;

    /// <summary>
    /// Hands over what was found, without what the caller did not ask for. Suppression looks at more confident boxes alone, so leaving out the least
    /// confident ones afterwards is the same as not having looked for them.
    /// </summary>
    public void Complete(ImageDetections found)
        => _result.TrySetResult(new ImageDetections(image.Source, image.Frame, [.. found.TakeWhile(item => item.Score > scoreThreshold).Take(maxDetections)]));

    public void Fail(Exception exception) => _result.TrySetException(exception);

    public void Cancel(CancellationToken cancellationToken) => _result.TrySetCanceled(cancellationToken);
}
