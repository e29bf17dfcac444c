using System.IO.Hashing;
using System.Text;

namespace ML.Yolo.Tests.Weights;

/// <summary>Puts zip files together byte by byte, so that their directories can lie.</summary>
internal sealed class ZipBytes
{
    private readonly List<Entry> _entries = [];

    /// <summary>A checkpoint as torch.save lays it out.</summary>
    public static ZipBytes Checkpoint(byte[] pickle, params (string Key, byte[] Data)[] storages)
    {
        var zip = new ZipBytes().Add("archive/data.pkl", pickle);
        foreach (var (key, data) in storages)
            zip.Add($"archive/data/{key}", data);
        return zip.Add("archive/version", "3\n"u8.ToArray());
    }

    /// <param name="name">Name in the archive.</param>
    /// <param name="data">Contents.</param>
    /// <param name="lie">Changes what the directory says.</param>
    public ZipBytes Add(string name, byte[] data, Func<Entry, Entry>? lie = null)
    {
        var entry = new Entry(name, data) { Size = (uint)data.Length, Crc32 = Crc32.HashToUInt32(data) };
        _entries.Add(lie?.Invoke(entry) ?? entry);
        return this;
    }

    public byte[] ToArray()
    {
        using var stream = new MemoryStream();
        using var writer = new BinaryWriter(stream);
        var offsets = new List<uint>();
        foreach (var entry in _entries)
        {
            offsets.Add((uint)stream.Position);
            WriteHeader(writer, entry, isCentral: false, offset: 0);
            writer.Write(entry.Data);
        }

        var directory = (uint)stream.Position;
        for (var i = 0; i < _entries.Count; i++)
            WriteHeader(writer, _entries[i], isCentral: true, _entries[i].Offset ?? offsets[_entries[i].SameAs ?? i]);
        var length = (uint)stream.Position - directory;
        writer.Write(0x06054b50u);
        writer.Write(0u);
        writer.Write((ushort)_entries.Count);
        writer.Write((ushort)_entries.Count);
        writer.Write(length);
        writer.Write(directory);
        writer.Write((ushort)0);
        return stream.ToArray();
    }

    public string Save(TemporaryFolder folder, string name = "weights.pt")
    {
        File.WriteAllBytes(folder.File(name), ToArray());
        return folder.File(name);
    }

    private static void WriteHeader(BinaryWriter writer, Entry entry, bool isCentral, uint offset)
    {
        var name = Encoding.UTF8.GetBytes(isCentral ? entry.DirectoryName ?? entry.Name : entry.Name);
        writer.Write(isCentral ? 0x02014b50u : 0x04034b50u);
        if (isCentral)
            writer.Write((ushort)20);
        writer.Write((ushort)20);
        writer.Write((ushort)0);
        writer.Write(entry.Method);
        writer.Write(0u);
        writer.Write(entry.Crc32);
        writer.Write(entry.Size);
        writer.Write(entry.Size);
        writer.Write((ushort)name.Length);
        writer.Write((ushort)0);
        if (isCentral)
        {
            writer.Write((ushort)0);
            writer.Write(0u);
            writer.Write(0u);
            writer.Write(offset);
        }

        writer.Write(name);
    }

    internal sealed record Entry(string Name, byte[] Data)
    {
        public uint Size { get; init; }

        public uint Crc32 { get; init; }

        public ushort Method { get; init; }

        public string? DirectoryName { get; init; }

        /// <summary>Index of the entry the directory points to instead.</summary>
        public int? SameAs { get; init; }

        public uint? Offset { get; init; }
    }
}
