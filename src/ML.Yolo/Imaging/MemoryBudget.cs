namespace ML.Yolo.Imaging;

/// <summary>Memory that several caches share. For any number of threads.</summary>
/// <param name="bytes">What there is in all.</param>
internal sealed class MemoryBudget(long bytes)
{
    private readonly Lock _lock = new();
    private long _left = bytes;

    /// <summary>Takes memory, all that is wanted or none. False where there is not that much left.</summary>
    public bool TryTake(long wanted)
    {
        lock (_lock)
        {
            if (wanted > _left)
                return false;
            _left -= wanted;
            return true;
        }
    }
}
