using System.Security.Cryptography;

namespace ML.Yolo.Datasets;

/// <summary>Tells whether a file has the content of one seen before. Files are read only where two have the same length.</summary>
internal sealed class ImageContents
{
    private readonly Dictionary<long, string?> _firstOfLength = [];
    private readonly HashSet<(long Length, string Checksum)> _seen = [];

    /// <summary>Whether an earlier file has the same bytes; from now on this one is seen.</summary>
    public bool IsRepeated(string path)
    {
        var length = new FileInfo(path).Length;
        if (_firstOfLength.TryAdd(length, path))
            return false;
        if (_firstOfLength[length] is { } first)
        {
            _seen.Add((length, Checksum(first)));
            _firstOfLength[length] = null;
        }

        return !_seen.Add((length, Checksum(path)));
    }

    private static string Checksum(string path)
    {
        using var stream = File.OpenRead(path);
        return Convert.ToHexString(SHA256.HashData(stream));
    }
}
