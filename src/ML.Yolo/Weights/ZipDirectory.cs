using System.Buffers.Binary;
using System.IO.Hashing;
using System.Text;
using Microsoft.Win32.SafeHandles;

namespace ML.Yolo.Weights;

/// <summary>The entries of a zip file, checked before any is read: names stay inside the archive, and no two share a byte of the file.</summary>
/// <remarks>
/// The central directory is trusted for sizes, as PyTorch's writer leaves them out of the local headers; each local header must name the same entry.
/// </remarks>
internal sealed class ZipDirectory
{
    private const int EndLength = 22;
    private const int End64Length = 56;
    private const int Locator64Length = 20;
    private const int CentralLength = 46;
    private const int LocalLength = 30;
    private const uint EndSignature = 0x06054b50;
    private const uint End64Signature = 0x06064b50;
    private const uint Locator64Signature = 0x07064b50;
    private const uint CentralSignature = 0x02014b50;
    private const uint LocalSignature = 0x04034b50;
    private const ushort Extra64 = 1;
    private const int MaxEntries = 1 << 16;
    private const int MaxDirectoryLength = 16 << 20;
    private const int MaxNameLength = 512;

    private readonly SafeFileHandle _file;
    private readonly string _source;
    private readonly long _length;

    private ZipDirectory(SafeFileHandle file, string source) => (_file, _source, _length) = (file, source, RandomAccess.GetLength(file));

    /// <summary>The entries, in the order of their data.</summary>
    public IReadOnlyList<Entry> Entries { get; private set; } = [];

    /// <exception cref="WeightsFormatException">The file is not a zip file, is truncated, or its entries overlap, repeat or point outside.</exception>
    public static ZipDirectory Read(SafeFileHandle file, string source)
    {
        var zip = new ZipDirectory(file, source);
        var (count, offset, length) = zip.FindDirectory();
        if (count > MaxEntries || length > MaxDirectoryLength || offset < 0 || length < 0 || offset > zip._length - length)
        {
            throw zip.Damaged($"its directory of {count} entries is said to take {length} bytes from byte {offset} on; "
                + $"the file has {zip._length}, and a directory at most {MaxEntries} entries and {MaxDirectoryLength} bytes");
        }

        var entries = zip.ReadDirectory(zip.Bytes(offset, (int)length), count, offset);
        zip.CheckApart(entries);
        zip.Entries = entries;
        return zip;
    }

    /// <summary>Reads the contents of an entry and checks them against their checksum.</summary>
    /// <param name="entry">An entry that is stored, not compressed.</param>
    /// <param name="contents">As long as the entry.</param>
    /// <exception cref="WeightsFormatException">The entry is compressed, encrypted, or damaged.</exception>
    public void Read(Entry entry, Span<byte> contents)
    {
        if (!entry.IsStored)
            throw new WeightsFormatException($"'{_source}': the entry '{entry.Name}' is compressed or encrypted; torch.save stores entries as they are.");
        Fill(contents, entry.Offset);
        if (Crc32.HashToUInt32(contents) != entry.Crc32)
            throw new WeightsFormatException($"'{_source}' is damaged: the checksum of its entry '{entry.Name}' does not match.");
    }

    private (long Count, long Offset, long Length) FindDirectory()
    {
        var tailLength = (int)Math.Min(_length, EndLength + ushort.MaxValue);
        var tail = Bytes(_length - tailLength, tailLength).AsSpan();
        for (var i = tail.Length - EndLength; i >= 0; i--)
        {
            var end = tail[i..];
            if (UInt32(end, 0) != EndSignature || UInt16(end, 20) != end.Length - EndLength)
                continue;
            var position = _length - tailLength + i;
            return Find64(position) ?? (UInt16(end, 10), UInt32(end, 16), UInt32(end, 12));
        }

        throw Damaged("it has no end-of-directory record: it is not a zip file, or it is truncated");
    }

    private (long Count, long Offset, long Length)? Find64(long end)
    {
        if (end < Locator64Length || Bytes(end - Locator64Length, Locator64Length) is not { } locator || UInt32(locator, 0) != Locator64Signature)
            return null;
        var position = Int64(locator, 8);
        if (position < 0 || position > end - Locator64Length - End64Length)
            throw Damaged($"its 64-bit end-of-directory record is said to be at byte {position}");
        var record = Bytes(position, End64Length);
        return UInt32(record, 0) == End64Signature
            ? (Int64(record, 32), Int64(record, 48), Int64(record, 40))
            : throw Damaged($"there is no 64-bit end-of-directory record at byte {position}");
    }

    private List<Entry> ReadDirectory(ReadOnlySpan<byte> directory, long count, long directoryOffset)
    {
        var entries = new List<Entry>();
        var names = new HashSet<string>();
        for (var i = 0; i < count; i++)
        {
            if (directory.Length < CentralLength || UInt32(directory, 0) != CentralSignature)
                throw Damaged($"its directory ends after {i} of {count} entries");
            var (nameLength, extraLength, commentLength) = (UInt16(directory, 28), UInt16(directory, 30), UInt16(directory, 32));
            var length = CentralLength + nameLength + extraLength + commentLength;
            if (length > directory.Length || nameLength is 0 or > MaxNameLength)
                throw Damaged($"entry {i} of its directory has a name of {nameLength} of {directory.Length} bytes; 1 to {MaxNameLength} were expected");
            var name = Encoding.UTF8.GetString(directory.Slice(CentralLength, nameLength));
            if (!names.Add(name))
                throw Damaged($"it holds '{name}' twice");
            entries.Add(ReadEntry(directory[..length], name, nameLength, extraLength, directoryOffset));
            directory = directory[length..];
        }

        return entries;
    }

    private Entry ReadEntry(ReadOnlySpan<byte> record, string name, int nameLength, int extraLength, long directoryOffset)
    {
        CheckName(name);
        var (packed, length, header) = Sizes(record, record.Slice(CentralLength + nameLength, extraLength), name);
        if (header < 0 || header > directoryOffset - LocalLength - nameLength)
            throw Damaged($"'{name}' is said to begin at byte {header}, which is not before the directory at byte {directoryOffset}");
        var local = Bytes(header, LocalLength + nameLength);
        var isSameName = UInt16(local, 26) == nameLength && local.AsSpan(LocalLength).SequenceEqual(record.Slice(CentralLength, nameLength));
        if (UInt32(local, 0) != LocalSignature || !isSameName)
            throw Damaged($"byte {header}, where its directory puts '{name}', is not where that entry begins");
        var data = header + LocalLength + nameLength + UInt16(local, 28);
        if (packed < 0 || length < 0 || data > directoryOffset || packed > directoryOffset - data)
            throw Damaged($"'{name}' is said to take {packed} bytes from byte {data} on; the directory begins at byte {directoryOffset}");
        var isStored = UInt16(record, 10) == 0 && (UInt16(record, 8) & 1) == 0 && packed == length;
        return new Entry(name, header, data, packed, UInt32(record, 16), isStored) { UnpackedLength = length };
    }

    /// <summary>Sizes and offset, from the extra field where they do not fit in 32 bits.</summary>
    private (long Packed, long Length, long Header) Sizes(ReadOnlySpan<byte> record, ReadOnlySpan<byte> extra, string name)
    {
        Span<long> sizes = [UInt32(record, 24), UInt32(record, 20), UInt32(record, 42)];             // in the order of the extra field
        while (extra.Length >= 4)
        {
            var (tag, length) = (UInt16(extra, 0), UInt16(extra, 2));
            if (length > extra.Length - 4)
                throw Damaged($"an extra field of '{name}' is cut off");
            var field = extra.Slice(4, length);
            for (var i = 0; tag == Extra64 && i < sizes.Length; i++)
            {
                if (sizes[i] != uint.MaxValue)
                    continue;
                if (field.Length < sizeof(long))
                    throw Damaged($"the 64-bit sizes of '{name}' are cut off");
                sizes[i] = Int64(field, 0);
                field = field[sizeof(long)..];
            }

            extra = extra[(4 + length)..];
        }

        return (sizes[1], sizes[0], sizes[2]);
    }

    private void CheckName(string name)
    {
        // ML.NET on Windows separates folders by backslashes.
        if (name[0] is '/' or '\\' || name.AsSpan().ContainsAny(':', '\0') || name.Split('/', '\\').Contains(".."))
            throw Damaged($"an entry is named '{name}', which points outside the archive");
    }

    private void CheckApart(List<Entry> entries)
    {
        entries.Sort((a, b) => a.Header.CompareTo(b.Header));
        for (var i = 1; i < entries.Count; i++)
        {
            if (entries[i].Header < entries[i - 1].End)
                throw Damaged($"its entries '{entries[i - 1].Name}' and '{entries[i].Name}' overlap");
        }
    }

    private byte[] Bytes(long offset, int count)
    {
        var bytes = new byte[count];
        Fill(bytes, offset);
        return bytes;
    }

    /// <summary>One read need not bring all that is asked for.</summary>
    private void Fill(Span<byte> bytes, long offset)
    {
        while (bytes.Length > 0)
        {
            var read = RandomAccess.Read(_file, bytes, offset);
            if (read == 0)
                throw Damaged($"it ends before byte {offset + bytes.Length}: it is truncated");
            bytes = bytes[read..];
            offset += read;
        }
    }

    private WeightsFormatException Damaged(string what) => new($"'{_source}' is not a zip file that can be read: {what}.");

    private static ushort UInt16(ReadOnlySpan<byte> bytes, int offset) => BinaryPrimitives.ReadUInt16LittleEndian(bytes[offset..]);

    private static uint UInt32(ReadOnlySpan<byte> bytes, int offset) => BinaryPrimitives.ReadUInt32LittleEndian(bytes[offset..]);

    private static long Int64(ReadOnlySpan<byte> bytes, int offset) => BinaryPrimitives.ReadInt64LittleEndian(bytes[offset..]);

    /// <summary>One entry.</summary>
    /// <param name="Name">Its path in the archive.</param>
    /// <param name="Header">Where its local header begins.</param>
    /// <param name="Offset">Where its data begins.</param>
    /// <param name="Length">Bytes of its data in the file.</param>
    /// <param name="Crc32">Checksum of its contents.</param>
    /// <param name="IsStored">Neither compressed nor encrypted: its data are its contents.</param>
    public sealed record Entry(string Name, long Header, long Offset, long Length, uint Crc32, bool IsStored)
    {
        public long End => Offset + Length;

        /// <summary>Bytes of its contents, as the directory has it.</summary>
        public long UnpackedLength { get; init; } = Length;
    }
}
