using ML.Yolo;

namespace WebDemo;

/// <summary>The model that serves now. Another may take its place at any time: requests finish on the model they began with.</summary>
internal sealed class ModelSlot(ServedModel first) : IAsyncDisposable
{
    private volatile ServedModel _current = first;

    public ServedModel Current => _current;

    /// <summary>Detects in all images with one model.</summary>
    /// <exception cref="ImageException">One of them is damaged; the exception says which.</exception>
    /// <exception cref="DetectionQueueFullException">Too many images wait; none of these does any more.</exception>
    public async Task<ImageDetections[]> DetectAsync(IReadOnlyList<UploadedImage> images, DetectionFilter filter, CancellationToken cancellationToken)
    {
        while (true)
        {
            var model = _current;
            try
            {
                return await DetectAsync(model.Batcher, images, filter, cancellationToken);
            }
            catch (ObjectDisposedException) when (!ReferenceEquals(model, _current))
            {
                // It was replaced between the look at it and the question: ask the new one.
            }
        }
    }

    /// <summary>Puts another model in place, and returns when the old one has finished its requests and is gone.</summary>
    public async Task ReplaceAsync(ServedModel next)
    {
        var old = _current;
        _current = next;
        await old.DisposeAsync();
    }

    public ValueTask DisposeAsync() => _current.DisposeAsync();

    /// <summary>When one image fails, the others leave the queue.</summary>
    private static async Task<ImageDetections[]> DetectAsync(
        DetectionBatcher batcher, IReadOnlyList<UploadedImage> images, DetectionFilter filter, CancellationToken cancellationToken)
    {
        using var together = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        var tasks = images.Select(DetectOneAsync).ToArray();
        try
        {
            return await Task.WhenAll(tasks);
        }
        catch (Exception) when (tasks.FirstOrDefault(task => task.IsFaulted) is { Exception: { } fault })
        {
            // Cancellation of the rest is not what happened.
            throw fault.InnerException!;
        }

        async Task<ImageDetections> DetectOneAsync(UploadedImage image, int index)
        {
            try
            {
                return await batcher.DetectAsync(image.Bytes, filter, together.Token);
            }
            catch (Exception exception) when (exception is not OperationCanceledException)
            {
                await together.CancelAsync();
                if (exception is FormatException)
                    throw new ImageException(StatusCodes.Status422UnprocessableEntity, "The image is damaged", exception.Message, image.Part);
                throw;
            }
        }
    }
}
