using System.IO.Compression;
using System.Security.Cryptography;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace ML.Yolo.Abuse.Fuzzing.Mutations;

/// <summary>Changes of a zip's entries, packed again so that sums and lengths are right: what a checksum would stop gets past it.</summary>
internal static class ZipMutations
{
    private const int MaxZeros = 96 << 20;

    /// <summary>Changes an entry by what it is.</summary>
    public static byte[] Change(byte[] input, Random random)
    {
        List<(string Name, byte[] Data)> entries;
        try
        {
            entries = Unpack(input);
        }
        catch (Exception exception) when (exception is InvalidDataException or IOException or NotSupportedException or ArgumentException)
        {
            return input;
        }

        if (entries.Count == 0)
            return input;
        var index = random.Next(entries.Count);
        var (name, data) = entries[index];
        switch (random.Next(12))
        {
            case 0:
                entries.RemoveAt(index);
                break;
            case 1:
                entries.Add((random.Next(2) == 0 ? name : "../" + name, data));
                break;
            case 2:
                entries[index] = (TextOf(TextMutations.Change(System.Text.Encoding.UTF8.GetBytes(name), random)), data);
                break;
            case 3 when name.EndsWith(".safetensors", StringComparison.Ordinal):
                entries[index] = (name, new byte[random.Next(4) == 0 ? random.Next(MaxZeros) : random.Next(1 << 20)]);
                break;
            default:
                entries[index] = (name, ChangeEntry(name, data, random));
                break;
        }

        if (random.Next(5) > 0)
            MatchManifest(entries);
        return Pack(entries, isPacked: !entries.Exists(entry => entry.Name.EndsWith("data.pkl", StringComparison.Ordinal)));
    }

    private static byte[] ChangeEntry(string name, byte[] data, Random random)
    {
        if (name.EndsWith(".json", StringComparison.Ordinal))
            return random.Next(4) == 0 ? TextMutations.Change(data, random) : JsonMutations.Change(data, random);
        if (name.EndsWith(".safetensors", StringComparison.Ordinal))
            return SafetensorsMutations.Change(data, random);
        return name.EndsWith("data.pkl", StringComparison.Ordinal) ? PickleMutations.Change(data, random) : ByteMutations.Change(data, random);
    }

    /// <summary>Lets the manifest name length and checksum of the weights as they are now. A graph of ONNX is a program: its checksum stays, and stops it.</summary>
    private static void MatchManifest(List<(string Name, byte[] Data)> entries)
    {
        var manifest = entries.FindIndex(entry => entry.Name.EndsWith("yolo.json", StringComparison.Ordinal));
        var weights = entries.FindIndex(entry => entry.Name.EndsWith(".safetensors", StringComparison.Ordinal));
        if (manifest < 0 || weights < 0)
            return;
        try
        {
            if (JsonNode.Parse(entries[manifest].Data) is not JsonObject json)
                return;
            json["WeightsLength"] = entries[weights].Data.Length;
            json["WeightsSha256"] = Convert.ToHexString(SHA256.HashData(entries[weights].Data));
            entries[manifest] = (entries[manifest].Name, JsonSerializer.SerializeToUtf8Bytes(json));
        }
        catch (Exception exception) when (exception is JsonException or ArgumentException or InvalidOperationException)
        {
            // It is no JSON any more: so it stays.
        }
    }

    private static List<(string Name, byte[] Data)> Unpack(byte[] input)
    {
        using var zip = new ZipArchive(new MemoryStream(input), ZipArchiveMode.Read);
        return [.. zip.Entries.Where(entry => entry.Length < 4 << 20).Select(entry =>
        {
            using var source = entry.Open();
            using var bytes = new MemoryStream();
            source.CopyTo(bytes);
            return (entry.FullName, bytes.ToArray());
        })];
    }

    private static byte[] Pack(List<(string Name, byte[] Data)> entries, bool isPacked)
    {
        using var bytes = new MemoryStream();
        using (var zip = new ZipArchive(bytes, ZipArchiveMode.Create, leaveOpen: true))
        {
            foreach (var (name, data) in entries)
            {
                var level = isPacked ? CompressionLevel.Fastest : CompressionLevel.NoCompression;
                var entry = zip.CreateEntry(name.Length is > 0 and < 30_000 ? name : "x", level);
                using var stream = entry.Open();
                stream.Write(data);
            }
        }

        return bytes.ToArray();
    }

    private static string TextOf(byte[] bytes) => System.Text.Encoding.UTF8.GetString(bytes);
}
