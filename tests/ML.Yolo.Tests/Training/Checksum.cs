using System.Security.Cryptography;

namespace ML.Yolo.Tests.Training;

/// <summary>A checksum of a network's weights: equal to the last bit, or not.</summary>
internal static class Checksum
{
    public static string Of(YoloNetwork network)
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        foreach (var tensor in network.state_dict().Values)
            hash.AppendData(tensor.contiguous().bytes);
        return Convert.ToHexString(hash.GetHashAndReset());
    }
}
