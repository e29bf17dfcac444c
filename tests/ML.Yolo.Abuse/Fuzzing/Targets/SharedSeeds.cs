using ML.Yolo.Tests;

namespace ML.Yolo.Abuse.Fuzzing.Targets;

/// <summary>Real files of the shared folder, where it is there.</summary>
internal static class SharedSeeds
{
    private const int MaxFiles = 40;

    /// <summary>Files below a folder that match a pattern and are not too long.</summary>
    public static IEnumerable<byte[]> Of(string folder, string pattern, int maxLength = 64 << 10)
    {
        if (!SharedFolder.IsPresent || !Directory.Exists(SharedFolder.Path(folder)))
            return [];
        return Directory.EnumerateFiles(SharedFolder.Path(folder), pattern, SearchOption.AllDirectories).Order(StringComparer.Ordinal)
            .Where(path => new FileInfo(path).Length <= maxLength).Take(MaxFiles).Select(File.ReadAllBytes);
    }
}
