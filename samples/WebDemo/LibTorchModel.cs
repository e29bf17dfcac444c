using System.IO.Compression;
using System.Runtime.InteropServices;
using TorchSharp;

namespace WebDemo;

/// <summary>Models that score with LibTorch, told from others before they are loaded: TorchSharp looks for LibTorch all over the machine.</summary>
internal static class LibTorchModel
{
    // What ML.Yolo's zips and PyTorch's hold in place of an exported model.
    private static readonly string[] Weights = ["weights.safetensors", "data.pkl"];

    /// <summary>Whether LibTorch is part of this program.</summary>
    public static bool CanBeServed => NativeLibrary.TryLoad("LibTorchSharp", typeof(torch).Assembly, searchPath: null, out _);

    /// <summary>Whether a file needs it. A damaged one is for the loader to explain.</summary>
    public static bool IsOne(string path)
    {
        if (Path.GetExtension(path).Equals(".safetensors", StringComparison.OrdinalIgnoreCase))
            return true;
        try
        {
            using var zip = ZipFile.OpenRead(path);
            return zip.Entries.Any(entry => Weights.Contains(entry.Name));
        }
        catch (Exception exception) when (exception is InvalidDataException or IOException or UnauthorizedAccessException)
        {
            return false;
        }
    }
}
