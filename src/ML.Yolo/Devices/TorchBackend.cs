using TorchSharp;

namespace ML.Yolo.Devices;

/// <summary>Loads LibTorch's native libraries, and says what is missing where they cannot be loaded.</summary>
internal static class TorchBackend
{
    private static readonly Lazy<Exception?> Failure = new(TryLoad);

    /// <exception cref="TorchBackendException">The native libraries cannot be loaded.</exception>
    public static void EnsureLoaded()
    {
        if (Failure.Value is { } cause)
            throw new TorchBackendException(Advice(cause)) { LoaderTrace = cause.ToString() };
    }

    /// <summary>GPUs by their numbers; the CPU where none is named, or where one is absent and the CPU may be used instead.</summary>
    /// <param name="gpus">Numbers of the GPUs.</param>
    /// <param name="fallsBackToCpu">Whether the CPU is used where a GPU is absent.</param>
    /// <param name="warn">Told where it does.</param>
    /// <exception cref="TorchBackendException">A GPU is absent and the CPU may not be used instead, or the native libraries cannot be loaded.</exception>
    public static IReadOnlyList<torch.Device> Devices(IReadOnlyList<int> gpus, bool fallsBackToCpu, Action<string> warn)
    {
        EnsureLoaded();
        if (gpus.Count == 0)
            return [torch.CPU];
        var present = torch.cuda.is_available() ? torch.cuda.device_count() : 0;
        if (gpus.All(gpu => gpu < present))
            return [.. gpus.Select(gpu => new torch.Device(DeviceType.CUDA, gpu))];
        var names = string.Join(", ", gpus);
        if (!fallsBackToCpu)
        {
            throw new TorchBackendException($"GPU {names} was asked for, and LibTorch sees {present}. Reference TorchSharp-cuda-windows or "
                + "TorchSharp-cuda-linux (MSBuild property TorchBackend) and install NVIDIA's driver, or set MLContext.FallbackToCpu.");
        }

        warn($"GPU {names} is not there; the CPU is used.");
        return [torch.CPU];
    }

    private static Exception? TryLoad()
    {
        using var quiet = new QuietLoader();
        try
        {
            NativeSettings.Prepare();
            torch.InitializeDeviceType(DeviceType.CPU);
            using var probe = torch.zeros(1);
            LimitThreads();
            FreedMemory.KeepSome();
            return null;
        }
        catch (Exception exception) when (exception
            is DllNotFoundException or TypeInitializationException or NotSupportedException or BadImageFormatException or EntryPointNotFoundException)
        {
            return exception;
        }
    }

    /// <summary>No more threads than the process may use cores: .NET knows of a container's share of them, LibTorch does not.</summary>
    private static void LimitThreads()
    {
        if (!NativeSettings.HasThreads && torch.get_num_threads() > Environment.ProcessorCount)
            torch.set_num_threads(Environment.ProcessorCount);
    }

    private static string Advice(Exception cause)
    {
        var root = cause;
        while (root.InnerException is { } inner)
            root = inner;
        var install = OperatingSystem.IsWindows()
            ? "On Windows install the Microsoft Visual C++ Redistributable 2015-2022 (x64)."
            : OperatingSystem.IsMacOS()
                ? "On macOS LibTorch needs an Apple silicon machine."
                : "On Linux it needs glibc 2.28 or later and libstdc++ 6 of GCC 13 or later; on Debian 12 and Ubuntu 22.04, which have an older one, "
                    + "the program's build mends it: reference the package ML.Yolo in the program's own project, or build and publish there with "
                    + "-p:MLYoloLibStdCxx=true.";
        return "LibTorch could not be loaded. Reference one native package in the program (not in a library): TorchSharp-cpu, TorchSharp-cuda-linux or "
            + $"TorchSharp-cuda-windows, in the version of TorchSharp ({typeof(torch).Assembly.GetName().Version?.ToString(3)}). "
            + $"{install} The loader said: {FirstLine(root.Message)}";
    }

    private static string FirstLine(string message) => message.Split('\n', 2)[0].Trim();
}
