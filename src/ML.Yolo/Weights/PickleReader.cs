using System.Buffers.Binary;
using System.Globalization;
using System.Text;

namespace ML.Yolo.Weights;

/// <summary>Reads the arguments of pickle instructions; never past the end, and never more than is there.</summary>
internal sealed class PickleReader(byte[] pickle, string source)
{
    private const int MaxNumberLength = sizeof(long);

    /// <summary>Bytes read.</summary>
    public int Position { get; private set; }

    public byte Byte() => Take(1)[0];

    public int UInt16() => BinaryPrimitives.ReadUInt16LittleEndian(Take(2));

    public int Int32() => BinaryPrimitives.ReadInt32LittleEndian(Take(4));

    public uint UInt32() => BinaryPrimitives.ReadUInt32LittleEndian(Take(4));

    public ulong UInt64() => BinaryPrimitives.ReadUInt64LittleEndian(Take(8));

    public double Double() => BinaryPrimitives.ReadDoubleBigEndian(Take(8));

    public ReadOnlySpan<byte> Bytes(ulong count) => Take(count);

    public string Text(ulong count) => Encoding.UTF8.GetString(Take(count));

    /// <summary>A whole number of <paramref name="count"/> bytes, least significant first, two's complement.</summary>
    /// <exception cref="WeightsFormatException">It does not fit in 64 bits.</exception>
    public long Integer(uint count)
    {
        if (count > MaxNumberLength)
            throw Damaged($"holds a whole number of {count} bytes; at most {MaxNumberLength} were expected");
        var bytes = Take(count);
        var value = count > 0 && bytes[^1] >= 0x80 ? -1L : 0;
        for (var i = bytes.Length - 1; i >= 0; i--)
            value = (value << 8) | bytes[i];
        return value;
    }

    /// <summary>Text up to the end of the line.</summary>
    public string Line()
    {
        var length = pickle.AsSpan(Position).IndexOf((byte)'\n');
        if (length < 0)
            throw Damaged("ends within a line of text: it is truncated");
        var line = Text((ulong)length).TrimEnd('\r');
        Position++;
        return line;
    }

    /// <summary>A whole number written out in decimal digits.</summary>
    public long IntegerLine()
        => Line() is var line && long.TryParse(line.TrimEnd('L'), NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var number)
            ? number
            : throw Damaged($"holds '{line}'; a whole number was expected");

    /// <summary>A number written out in decimal digits.</summary>
    public double DoubleLine()
        => Line() is var line && double.TryParse(line, NumberStyles.Float, CultureInfo.InvariantCulture, out var number)
            ? number
            : throw Damaged($"holds '{line}'; a number was expected");

    public WeightsFormatException Damaged(string what) => new($"'{source}' holds a damaged pickle: at byte {Position} it {what}.");

    private ReadOnlySpan<byte> Take(ulong count)
    {
        if (count > (ulong)(pickle.Length - Position))
            throw Damaged($"asks for {count} bytes more, and {pickle.Length - Position} are left: it is truncated");
        var bytes = pickle.AsSpan(Position, (int)count);
        Position += (int)count;
        return bytes;
    }
}
