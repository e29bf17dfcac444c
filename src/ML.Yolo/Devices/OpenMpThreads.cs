using System.Runtime.InteropServices;
using TorchSharp;

namespace ML.Yolo.Devices;

/// <summary>How many threads LibTorch takes for what the calling thread asks of it, until disposed on that thread. Other threads keep theirs.</summary>
/// <remarks>LibTorch's own setting is for the whole process. OpenMP's is each thread's own (OpenMP 5.0, 3.2.1), and LibTorch looks at it last.</remarks>
internal readonly unsafe struct OpenMpThreads : IDisposable
{
    private const string NativeLibraryName = "LibTorchSharp";

    private static readonly Lazy<nint> Setter = new(() => Find("omp_set_num_threads"));
    private readonly int _before;

    private OpenMpThreads(int before) => _before = before;

    /// <summary>Whether threads can have numbers of their own: LibTorch is there, and its OpenMP can be found.</summary>
    public static bool CanDiffer => Setter.Value != 0;

    /// <summary>One thread, the caller.</summary>
    public static OpenMpThreads One()
    {
        // Asked first: a thread that LibTorch does not know gets the process's number when it is seen.
        var before = torch.get_num_threads();
        Set(1);
        return new OpenMpThreads(before);
    }

    /// <inheritdoc/>
    public void Dispose() => Set(_before);

    private static void Set(int count)
    {
        if (Setter.Value != 0)
            ((delegate* unmanaged<int, void>)Setter.Value)(count);
    }

    /// <summary>A function of whatever library TorchSharp's own depends on; zero where the system does not look through those.</summary>
    private static nint Find(string name)
    {
        TorchBackend.EnsureLoaded();
        return !OperatingSystem.IsWindows() && NativeLibrary.TryLoad(NativeLibraryName, typeof(torch).Assembly, null, out var library)
            && NativeLibrary.TryGetExport(library, name, out var function) ? function : 0;
    }
}
