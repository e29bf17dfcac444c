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
    private readonly Stopwatch _wall = new();
    private volatile bool _isOver;
    private long _peak;
    private long _before;
    private TimeSpan _cpuBefore;

    public FuzzWatch()
    {
        _sampler = new Thread(Sample) { IsBackground = true, Priority = ThreadPriority.AboveNormal };
        _sampler.Start();
    }

    /// <summary>An input begins.</summary>
    public void Begin()
    {
        _before = Environment.WorkingSet;
        Volatile.Write(ref _peak, _before);
        _cpuBefore = Environment.CpuUsage.TotalTime;
        _wall.Restart();
    }

    /// <summary>An input ended.</summary>
    /// <returns>Its processor time, and by how much the process grew.</returns>
    public (TimeSpan Time, long Memory) End()
    {
        var time = Environment.CpuUsage.TotalTime - _cpuBefore;
        _wall.Reset();
        return (time, Math.Max(Volatile.Read(ref _peak), Environment.WorkingSet) - _before);
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
            if (!_wall.IsRunning)
                continue;
            var size = Environment.WorkingSet;
            if (size > Volatile.Read(ref _peak))
                Volatile.Write(ref _peak, size);
            if (Environment.CpuUsage.TotalTime - _cpuBefore > NoEnd || _wall.Elapsed > Deadlock)
                Environment.Exit(Hangs);
        }
    }
}
