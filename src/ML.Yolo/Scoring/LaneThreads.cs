using System.Collections.Concurrent;
using ML.Yolo.Devices;

namespace ML.Yolo.Scoring;

/// <summary>The threads that lanes run on, the same ones every time: LibTorch and the C library keep memory for every thread they ever met.</summary>
internal static class LaneThreads
{
    // Trimming takes some ten milliseconds, and so many runs some seconds.
    private const int RunsPerTrim = 50;

    private static readonly BlockingCollection<(Action Work, CountdownEvent Done)> Waiting = [];
    private static readonly Lock Lock = new();
    private static int _count;
    private static int _runs;

    /// <summary>Does something on so many threads at a time, and returns when all have.</summary>
    /// <param name="lanes">How many.</param>
    /// <param name="work">What; it throws nothing.</param>
    public static void Run(int lanes, Action work)
    {
        EnsureThreads(lanes);
        using var done = new CountdownEvent(lanes);
        for (var i = 0; i < lanes; i++)
            Waiting.Add((work, done));
        done.Wait();
        if (Interlocked.Increment(ref _runs) % RunsPerTrim == 0)
            FreedMemory.Trim();
    }

    private static void EnsureThreads(int count)
    {
        lock (Lock)
        {
            for (; _count < count; _count++)
                new Thread(Serve) { IsBackground = true, Name = $"ML.Yolo lane {_count}" }.Start();
        }
    }

    private static void Serve()
    {
        foreach (var (work, done) in Waiting.GetConsumingEnumerable())
        {
            work();
            done.Signal();
        }
    }
}
