using System.Runtime.InteropServices;

namespace ML.Yolo.Devices;

/// <summary>Functions of GNU's C library on Linux; where it is another library, or a function is missing, nothing happens.</summary>
internal static unsafe class CLibrary
{
    private static readonly Lazy<nint> Library = new(() => NativeLibrary.TryLoad("libc.so.6", out var handle) ? handle : 0);

    /// <summary>Sets a variable of the process's environment as native code sees it.</summary>
    public static void SetEnvironment(string name, string value)
    {
        if (Find("setenv") is not { } function)
            return;
        var (first, second) = (Marshal.StringToCoTaskMemUTF8(name), Marshal.StringToCoTaskMemUTF8(value));
        _ = ((delegate* unmanaged<nint, nint, int, int>)function)(first, second, 1);
        Marshal.FreeCoTaskMem(first);
        Marshal.FreeCoTaskMem(second);
    }

    /// <summary>Sets an option of the memory allocator; false where it is refused.</summary>
    public static bool SetMemoryOption(int option, int value)
        => Find("mallopt") is { } function && ((delegate* unmanaged<int, int, int>)function)(option, value) != 0;

    /// <summary>Gives free memory back to the system.</summary>
    public static void TrimMemory()
    {
        if (Find("malloc_trim") is { } function)
            _ = ((delegate* unmanaged<nuint, int>)function)(0);
    }

    private static nint? Find(string name) => Library.Value != 0 && NativeLibrary.TryGetExport(Library.Value, name, out var function) ? function : null;
}
