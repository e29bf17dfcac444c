using System.Reflection;
using System.Runtime.InteropServices;

namespace ML.Yolo.Mpi;

/// <summary>Finds the system's MPI library: one that shares the binary interface of MPICH.</summary>
internal static class MpiLibrary
{
    /// <summary>What MPI.NET and this assembly call it.</summary>
    public const string Name = "msmpi.dll";

    /// <summary>A file to load instead of what is looked for.</summary>
    public const string PathVariable = "ML_YOLO_MPI_LIBRARY";

    private const string OpenMpiMark = "ompi_mpi_comm_world";

    // MPICH of Debian and Fedora; MPICH from source, Intel MPI, MVAPICH; Cray.
    private static readonly string[] LinuxNames = ["libmpich.so.12", "libmpi.so.12", "libmpi_cray.so.12"];
    private static readonly string[] MacNames = ["libmpi.12.dylib", "/opt/homebrew/opt/mpich/lib/libmpi.12.dylib", "/usr/local/opt/mpich/lib/libmpi.12.dylib"];
    private static readonly string[] OpenMpiNames = ["libmpi.so.40", "libmpi.so", "libmpi.40.dylib"];

    private static readonly Lazy<nint> Handle = new(Load);

    /// <summary>Makes MPI.NET and this assembly use it.</summary>
    /// <exception cref="MpiBackendException">There is none.</exception>
    public static void EnsureLoaded()
    {
        if (MpiLauncher.IsOpenMpi)
        {
            throw new MpiBackendException(
                $"This process was started by Open MPI's mpirun, whose binary interface is not MPICH's: ML.Yolo.Mpi cannot speak with it. {Advice} "
                + "Then start with mpirun of that MPI (on Debian and Ubuntu, where both may be installed: mpirun.mpich).");
        }

        if (Handle.IsValueCreated)
            return;
        _ = Handle.Value;
        foreach (var assembly in new[] { typeof(global::MPI.Unsafe).Assembly, typeof(MpiLibrary).Assembly })
            NativeLibrary.SetDllImportResolver(assembly, Resolve);
    }

    private static string Advice => OperatingSystem.IsWindows()
        ? "Install Microsoft MPI (the redistributable msmpisetup.exe), which brings msmpi.dll and mpiexec."
        : OperatingSystem.IsMacOS()
            ? "Install MPICH: brew install mpich."
            : "Install MPICH (Debian and Ubuntu: apt-get install mpich; Fedora: dnf install mpich), or on a cluster load its module of MPICH, Intel MPI, "
                + $"MVAPICH or Cray MPICH. If the library is elsewhere, name the file in {PathVariable}.";

    private static nint Resolve(string name, Assembly assembly, DllImportSearchPath? path) => name == Name ? Handle.Value : 0;

    private static nint Load()
    {
        if (Environment.GetEnvironmentVariable(PathVariable) is { Length: > 0 } named)
        {
            if (!NativeLibrary.TryLoad(named, out var own))
                throw new MpiBackendException($"{PathVariable} is '{named}', which cannot be loaded; the library of an MPI was expected. {Advice}");
            return IsOpenMpi(own) ? throw OpenMpi(named) : own;
        }

        var names = OperatingSystem.IsWindows() ? [Name] : OperatingSystem.IsMacOS() ? MacNames : LinuxNames;
        string? openMpi = null;
        foreach (var name in names)
        {
            if (!NativeLibrary.TryLoad(name, out var handle))
                continue;
            if (!IsOpenMpi(handle))
                return handle;
            openMpi = name;
        }

        openMpi ??= Array.Find(OpenMpiNames, name => NativeLibrary.TryLoad(name, out var handle) && IsOpenMpi(handle));
        throw openMpi is not null
            ? OpenMpi(openMpi)
            : new MpiBackendException($"No MPI was found ({string.Join(", ", names)} were looked for). {Advice}");
    }

    // The name of the library does not tell: Open MPI's has been libmpi.so.12 too.
    private static bool IsOpenMpi(nint handle) => NativeLibrary.TryGetExport(handle, OpenMpiMark, out _);

    private static MpiBackendException OpenMpi(string name)
        => new($"The MPI found is Open MPI ({name}), whose binary interface is not MPICH's: ML.Yolo.Mpi cannot use it. {Advice}");
}
