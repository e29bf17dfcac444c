using System.Buffers.Binary;

namespace ML.Yolo.Abuse.Fuzzing.Mutations;

/// <summary>Changes that need no format: bytes, integers, cuts, repeats, splices.</summary>
internal static class ByteMutations
{
    private static readonly long[] Integers =
    [
        0, 1, -1, 2, 127, 128, 255, 256, 32767, 32768, 65535, 65536, 1 << 20, int.MaxValue, int.MinValue, uint.MaxValue, 1L << 32, 1L << 40, long.MaxValue,
        long.MinValue,
    ];

    /// <summary>The beginning of one input and the end of another.</summary>
    public static byte[] Splice(byte[] first, byte[] second, Random random)
        => [.. first[..random.Next(first.Length + 1)], .. second[random.Next(second.Length + 1)..]];

    /// <summary>One change of any kind.</summary>
    public static byte[] Change(byte[] input, Random random)
    {
        if (input.Length == 0)
            return [(byte)random.Next(256)];
        var (from, to) = Range(input, random);
        return random.Next(8) switch
        {
            0 => Flip(input, random),
            1 => Flip(Flip(Flip(input, random), random), random),
            2 or 3 => Integer(input, random),
            4 => input[..random.Next(input.Length)],
            5 => [.. input[..from], .. input[to..]],
            6 => [.. input[..to], .. Repeat(input[from..to], random), .. input[to..]],
            _ => [.. input[..from], .. Noise(random), .. input[from..]],
        };
    }

    private static byte[] Flip(byte[] input, Random random)
    {
        var output = (byte[])input.Clone();
        output[random.Next(output.Length)] ^= (byte)(random.Next(2) == 0 ? 1 << random.Next(8) : random.Next(1, 256));
        return output;
    }

    /// <summary>Writes a number that programs stumble over, in one of four lengths and two byte orders.</summary>
    private static byte[] Integer(byte[] input, Random random)
    {
        Span<byte> bytes = stackalloc byte[sizeof(long)];
        var value = Integers[random.Next(Integers.Length)] + random.Next(-1, 2);
        if (random.Next(2) == 0)
            BinaryPrimitives.WriteInt64LittleEndian(bytes, value);
        else
            BinaryPrimitives.WriteInt64BigEndian(bytes, value);
        var length = Math.Min(1 << random.Next(4), input.Length);
        var output = (byte[])input.Clone();
        (BitConverter.IsLittleEndian ? bytes[..length] : bytes[^length..]).CopyTo(output.AsSpan(random.Next(output.Length - length + 1)));
        return output;
    }

    private static byte[] Repeat(byte[] part, Random random)
    {
        var times = random.Next(4) == 0 ? Math.Clamp(100_000 / Math.Max(part.Length, 1), 1, 20_000) : random.Next(1, 4);
        return [.. Enumerable.Repeat(part, times).SelectMany(bytes => bytes)];
    }

    private static byte[] Noise(Random random)
    {
        var bytes = new byte[random.Next(1, 32)];
        random.NextBytes(bytes);
        return bytes;
    }

    private static (int From, int To) Range(byte[] input, Random random)
    {
        var from = random.Next(input.Length);
        var length = random.Next(3) == 0 ? random.Next(input.Length) : random.Next(32);
        return (from, Math.Min(from + 1 + length, input.Length));
    }
}
