namespace ML.Yolo.Devices;

/// <summary>Settings of LibTorch's own threads and memory, made before it is loaded, unless the user made them.</summary>
/// <remarks>
/// LibTorch reads them from the C library's environment, which .NET's <see cref="Environment"/> does not change: what a program set there is handed on.
/// GNU OpenMP's threads spin a while for the next loop, several milliseconds by default, which takes the cores from everything else that computes; a
/// thousand rounds lose nothing on an idle machine. docs/performance.md has the measurements.
/// </remarks>
internal static class NativeSettings
{
    private const string SpinCount = "GOMP_SPINCOUNT";
    private const string WaitPolicy = "OMP_WAIT_POLICY";
    private const string Threads = "OMP_NUM_THREADS";

    /// <summary>Rounds a thread of OpenMP spins before it sleeps.</summary>
    public const string DefaultSpinCount = "1000";

    private static readonly string[] Names = [Threads, WaitPolicy, SpinCount, "OMP_PROC_BIND", "GOMP_CPU_AFFINITY", "THP_MEM_ALLOC_ENABLE"];

    /// <summary>Whether the user says how many threads LibTorch has.</summary>
    public static bool HasThreads => Environment.GetEnvironmentVariable(Threads) is { Length: > 0 };

    /// <summary>Makes them. To be called before LibTorch is loaded: it asks but once.</summary>
    public static void Prepare()
    {
        if (!OperatingSystem.IsLinux())
            return;
        foreach (var name in Names)
        {
            if (Environment.GetEnvironmentVariable(name) is { } value)
                CLibrary.SetEnvironment(name, value);
        }

        if (Environment.GetEnvironmentVariable(WaitPolicy) is null && Environment.GetEnvironmentVariable(SpinCount) is null)
            CLibrary.SetEnvironment(SpinCount, DefaultSpinCount);
    }
}
