namespace ML.Yolo.Interop;

/// <summary>How much an entry of a zip may unfold to: deflate packs a gigabyte of zeros into a megabyte.</summary>
internal static class PackedSize
{
    // Weights hardly compress, and JSON to a tenth.
    private const int MaxRatio = 64;
    private const long Allowance = 1 << 20;

    /// <summary>What is wrong with an entry's sizes; null where nothing is.</summary>
    public static string? Problem(string name, long packed, long unpacked) => unpacked > (MaxRatio * packed) + Allowance
        ? $"'{name}' claims to unfold from {packed} to {unpacked} bytes; at most {MaxRatio} times as many were expected."
        : null;
}
