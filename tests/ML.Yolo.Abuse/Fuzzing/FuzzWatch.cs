using System.Diagnostics;

namespace ML.Yolo.Abuse.Fuzzing;

/// <summary>
/// Measures one input after the other: the processor time of the process, which other processes do not lengthen, and its largest size. One that comes to no
/// end ends the process.
/// </summary>
internal sealed class FuzzWatch : IDisposable
{
    /// <summary>Max. processor time of an input.</summary>
    public static readonly TimeSpan MaxTime = TimeSpan.FromSeconds(2);

    /// <summary>Max. growth of the process over an input, bytes.</summary>
    public const long MaxMemory = 500L << 20;

    /// <summary>The exit code of a worker that hangs.</summary>
    public const int Hangs = 86;

    private static readonly TimeSpan NoEnd = TimeSpan.FromSeconds(20);
    private static readonly TimeSpan Deadlock = TimeSpan.FromMinutes(5);

    private readonly Thread _sampler;
    private volatile bool _isOver;
    private volatile Start? _start;
    private long _peak;

    public FuzzWatch()
    {
        _sampler = new Thread(Sample) { IsBackground = true, Priority = ThreadPriority.AboveNormal };
        _sampler.Start();
    }

    /// <summary>An input begins.</summary>
    public void Begin()
    {
        var memory = Environment.WorkingSet;
        Volatile.Write(ref _peak, memory);
        _start = new Start(memory, Environment.CpuUsage.TotalTime, Stopwatch.GetTimestamp());
    }

    /// <summary>An input ended.</summary>
    /// <returns>Its processor time, and by how much the process grew.</returns>
    public (TimeSpan Time, long Memory) End()
    {
        var start = _start ?? throw new InvalidOperationException("No input has begun.");
        var time = Environment.CpuUsage.TotalTime - start.Cpu;
        _start = null;
        return (time, Math.Max(Volatile.Read(ref _peak), Environment.WorkingSet) - start.Memory);
    }

    public void Dispose()
    {
        _isOver = true;
        _sampler.Join();
    }

    private void Sample()
    {
        while (!_isOver)
        {
            Thread.Sleep(5);
            if (_start is not { } start)
                continue;
            var size = Environment.WorkingSet;
            if (size > Volatile.Read(ref _peak))
                Volatile.Write(ref _peak, size);
            if (Environment.CpuUsage.TotalTime - start.Cpu > NoEnd || Stopwatch.GetElapsedTime(start.Timestamp) > Deadlock)
                Environment.Exit(Hangs);
        }
    }

    // One object, read at once: a stopwatch that another thread resets while it is read shows the time since the machine started.
    private sealed record Start(long Memory, TimeSpan Cpu, long Timestamp);
}
