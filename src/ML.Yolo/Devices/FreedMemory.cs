namespace ML.Yolo.Devices;

/// <summary>Keeps the memory that LibTorch frees on the CPU for its next step, while there is one of these. For GNU's C library.</summary>
/// <remarks>
/// By default large blocks go back to the system at once, and the next step pays for every page again: a seventh of its time. How much a step needs stays the
/// same, and so does the process's peak. What is kept goes back when the last of these is disposed. Users who tune the C library themselves are left alone.
/// </remarks>
internal sealed class FreedMemory : IDisposable
{
    private const int TrimThreshold = -1;
    private const int MapThreshold = -3;
    private const int Never = 1 << 30;

    // The most that the library would have come to by itself; and what an image's features take.
    private const int UsualMapThreshold = 32 << 20;
    private const int UsualTrimThreshold = 128 << 20;

    private static readonly Lock Lock = new();
    private static int _keepers;
    private bool _isDisposed;

    private FreedMemory()
    {
    }

    private static bool IsLeftToUs => OperatingSystem.IsLinux() && new[] { "MALLOC_TRIM_THRESHOLD_", "MALLOC_MMAP_THRESHOLD_", "GLIBC_TUNABLES" }
        .All(name => string.IsNullOrEmpty(Environment.GetEnvironmentVariable(name)));

    /// <summary>
    /// Keeps what scoring an image takes, from now on. The C library comes to that by itself once large blocks were freed; until then a small network takes
    /// half again as long.
    /// </summary>
    public static void KeepSome()
    {
        lock (Lock)
        {
            if (_keepers == 0)
                Set(UsualMapThreshold, UsualTrimThreshold);
        }
    }

    /// <summary>Begins to keep it.</summary>
    public static FreedMemory Keep()
    {
        lock (Lock)
        {
            if (_keepers++ == 0)
                Set(Never, Never);
        }

        return new FreedMemory();
    }

    /// <summary>Gives what is free back to the system, unless it is being kept: threads that score images of many sizes leave holes, which add up.</summary>
    public static void Trim()
    {
        lock (Lock)
        {
            if (_keepers == 0 && IsLeftToUs)
                CLibrary.TrimMemory();
        }
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        lock (Lock)
        {
            if (_isDisposed)
                return;
            _isDisposed = true;
            if (--_keepers == 0 && Set(UsualMapThreshold, UsualTrimThreshold))
                CLibrary.TrimMemory();
        }
    }

    private static bool Set(int mapThreshold, int trimThreshold)
    {
        if (!IsLeftToUs)
            return false;

        // Older versions refuse a threshold this high.
        if (!CLibrary.SetMemoryOption(MapThreshold, mapThreshold))
            CLibrary.SetMemoryOption(MapThreshold, UsualMapThreshold);
        return CLibrary.SetMemoryOption(TrimThreshold, trimThreshold);
    }
}
