namespace LibTorchFree;

/// <summary>What lies beside the program.</summary>
internal static class ProgramFolder
{
    private static readonly string[] LibTorchNames = ["libtorch", "libLibTorchSharp", "libc10", "torch_cpu", "LibTorchSharp.dll"];

    /// <summary>Size of all files, millions of bytes, and how many of them are LibTorch's.</summary>
    public static (double Megabytes, int LibTorchFiles) Measure()
    {
        var files = new DirectoryInfo(AppContext.BaseDirectory).GetFiles("*", SearchOption.AllDirectories);
        return (files.Sum(file => file.Length) / 1e6, files.Count(file => LibTorchNames.Any(name => file.Name.StartsWith(name, StringComparison.Ordinal))));
    }
}
