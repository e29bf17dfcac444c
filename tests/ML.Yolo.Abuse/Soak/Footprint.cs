using System.Diagnostics;

namespace ML.Yolo.Abuse.Soak;

/// <summary>What the process takes: memory, handles, threads.</summary>
internal readonly record struct Footprint(double Megabytes, int Handles, int Threads)
{
    /// <summary>Now, after all garbage is collected.</summary>
    public static Footprint Now()
    {
        for (var i = 0; i < 3; i++)
        {
            GC.Collect(2, GCCollectionMode.Aggressive, blocking: true, compacting: true);
            GC.WaitForPendingFinalizers();
        }

        using var process = Process.GetCurrentProcess();
        return new Footprint(Environment.WorkingSet / (double)(1 << 20), Handles: process.HandleCount, process.Threads.Count);
    }

    /// <summary>Asserts that this is no more than an earlier one, but for a twentieth of the memory and a few handles and threads of the runtime's.</summary>
    public void AssertNoMoreThan(Footprint earlier)
    {
        Assert.True(Megabytes <= (earlier.Megabytes * 1.05) + 8, $"{earlier} before, {this} after");
        Assert.True(Handles <= earlier.Handles + 8, $"{earlier} before, {this} after");
        Assert.True(Threads <= earlier.Threads + 8, $"{earlier} before, {this} after");
    }
}
