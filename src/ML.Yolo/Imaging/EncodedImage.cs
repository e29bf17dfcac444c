using System.Buffers.Binary;
using System.IO.Hashing;
using SkiaSharp;

namespace ML.Yolo.Imaging;

/// <summary>
/// The one place that says whether an encoded image may be used: whether it is an image, of a size that memory is taken for, and whole. Decoders fill what
/// is missing with gray or black and say nothing.
/// </summary>
internal static class EncodedImage
{
    /// <summary>Max. pixels: a gigabyte decoded. Larger ones are damaged headers or meant to exhaust memory.</summary>
    public const long MaxPixels = 1L << 28;

    // A picture that large has detail, or is made to exhaust memory: compressed, one of a single colour takes next to nothing.
    private const long PixelsOfAnyFile = 1L << 26;
    private const int MaxPixelsPerByte = 64;

    private const string Formats = "JPEG, PNG, BMP, GIF or WebP";
    private const string Truncated = "is truncated: its data ends before the picture does";
    private const int ZeroTail = 64;

    /// <summary>What is wrong with a file, to follow its name; null where nothing is.</summary>
    /// <exception cref="IOException">The file cannot be read.</exception>
    public static string? Problem(string path) => Problem(File.ReadAllBytes(path));

    /// <summary>What is wrong with an image, to follow its name; null where nothing is.</summary>
    /// <remarks>
    /// JPEG and PNG tell by their structure whether they are whole, which takes a hundredth of the time of decoding. Other formats, and those two where they
    /// lack their end marker, which some cameras leave out, are decoded to be sure.
    /// </remarks>
    public static string? Problem(byte[] bytes)
    {
        using var data = SKData.CreateCopy(bytes);
        using var codec = SKCodec.Create(data);
        if (HeaderProblem(codec, bytes.Length) is { } problem)
            return problem;
        var ending = codec!.EncodedFormat switch
        {
            SKEncodedImageFormat.Jpeg => EndOfJpeg(bytes),
            SKEncodedImageFormat.Png => EndOfPng(bytes),
            _ => Ending.Unknown,
        };
        return ending switch
        {
            Ending.Whole => null,
            Ending.Damaged => "is damaged: a checksum of its data is wrong",
            _ => EndsInZeros(bytes, codec.EncodedFormat) || !Decodes(codec) ? Truncated : null,
        };
    }

    /// <summary>What the header alone tells of being wrong; null where nothing is.</summary>
    /// <param name="codec">Null where no format was recognised.</param>
    /// <param name="length">Bytes of the file.</param>
    public static string? HeaderProblem(SKCodec? codec, long length)
    {
        if (length == 0)
            return $"is empty; {Formats} was expected";
        if (codec is null)
            return $"is missing its header, or is not an image that can be read; {Formats} was expected";
        var (width, height) = (codec.Info.Width, codec.Info.Height);
        var (pixels, most) = ((long)width * height, Math.Min(MaxPixels, Math.Max(PixelsOfAnyFile, length * MaxPixelsPerByte)));
        return width > 0 && height > 0 && pixels <= most
            ? null
            : FormattableString.Invariant($"claims {width} × {height} pixels; at least one and at most {most} in {length} bytes were expected");
    }

    private static bool Decodes(SKCodec codec)
    {
        using var bitmap = new SKBitmap();
        return bitmap.TryAllocPixels(codec.Info) && codec.GetPixels(codec.Info, bitmap.GetPixels()) == SKCodecResult.Success;
    }

    /// <summary>Whether what was never written was filled with zeros, as interrupted downloads leave it: a decoder takes them for a picture.</summary>
    private static bool EndsInZeros(ReadOnlySpan<byte> bytes, SKEncodedImageFormat format)
        => format is SKEncodedImageFormat.Jpeg or SKEncodedImageFormat.Png && bytes.Length > ZeroTail && bytes[^ZeroTail..].IndexOfAnyExcept((byte)0) < 0;

    /// <summary>Walks from marker to marker (ITU T.81, annex B): segments by their length, scans up to the next marker.</summary>
    private static Ending EndOfJpeg(ReadOnlySpan<byte> bytes)
    {
        const byte endOfImage = 0xD9;
        const byte startOfScan = 0xDA;
        var position = 2;
        while (position + 2 <= bytes.Length)
        {
            var marker = bytes[position + 1];
            if (bytes[position] != 0xFF)
                return Ending.Unknown;
            if (marker == endOfImage)
                return Ending.Whole;
            if (marker == 0xFF)
            {
                position++;
            }
            else if (marker is 0x01 or (>= 0xD0 and <= 0xD8))
            {
                position += 2;
            }
            else if (position + 4 > bytes.Length)
            {
                return Ending.Unknown;
            }
            else
            {
                position += 2 + BinaryPrimitives.ReadUInt16BigEndian(bytes[(position + 2)..]);
                position = marker == startOfScan ? EndOfScan(bytes, position) : position;
            }
        }

        return Ending.Unknown;
    }

    /// <summary>Where the next marker stands: in a scan, 255 is followed by 0, and restarts are part of it.</summary>
    private static int EndOfScan(ReadOnlySpan<byte> bytes, int position)
    {
        while (position < bytes.Length - 1)
        {
            var next = bytes[position..].IndexOf((byte)0xFF);
            if (next < 0)
                return bytes.Length;
            position += next;
            if (position + 1 >= bytes.Length || bytes[position + 1] is not (0 or 0xFF or (>= 0xD0 and <= 0xD7)))
                return position;
            position += bytes[position + 1] == 0xFF ? 1 : 2;
        }

        return bytes.Length;
    }

    /// <summary>Walks from chunk to chunk (ISO/IEC 15948, 5.3) and checks the sums of those that the picture needs.</summary>
    private static Ending EndOfPng(ReadOnlySpan<byte> bytes)
    {
        const int signature = 8;
        const int frame = 12;                                                             // length, type, checksum
        var position = signature;
        while (position + frame <= bytes.Length)
        {
            var length = BinaryPrimitives.ReadUInt32BigEndian(bytes[position..]);
            var type = bytes.Slice(position + 4, 4);
            if (length > bytes.Length - position - frame)
                return Ending.Unknown;
            var isCritical = char.IsAsciiLetterUpper((char)type[0]);
            var sum = BinaryPrimitives.ReadUInt32BigEndian(bytes[(position + 8 + (int)length)..]);
            if (isCritical && Crc32.HashToUInt32(bytes.Slice(position + 4, 4 + (int)length)) != sum)
                return Ending.Damaged;
            if (type.SequenceEqual("IEND"u8))
                return Ending.Whole;
            position += frame + (int)length;
        }

        return Ending.Unknown;
    }

    private enum Ending
    {
        Unknown,
        Whole,
        Damaged,
    }
}
