using System.Buffers;
using System.Text;

namespace ML.Yolo.Datasets;

/// <summary>
/// Text files of a set: UTF-8, or what their byte-order mark says. Anything else is refused, since a letter read wrongly makes two classes one.
/// </summary>
internal static class SetText
{
    private const string Advice = "save the file as UTF-8, or as UTF-16 with a byte-order mark";

    private static readonly UTF8Encoding Utf8 = new(encoderShouldEmitUTF8Identifier: false, throwOnInvalidBytes: true);

    private static readonly (byte[] Mark, Encoding Encoding)[] Marked =
    [
        ([0xEF, 0xBB, 0xBF], Utf8),
        ([0xFF, 0xFE, 0, 0], new UTF32Encoding(bigEndian: false, byteOrderMark: true, throwOnInvalidCharacters: true)),
        ([0, 0, 0xFE, 0xFF], new UTF32Encoding(bigEndian: true, byteOrderMark: true, throwOnInvalidCharacters: true)),
        ([0xFF, 0xFE], new UnicodeEncoding(bigEndian: false, byteOrderMark: true, throwOnInvalidBytes: true)),
        ([0xFE, 0xFF], new UnicodeEncoding(bigEndian: true, byteOrderMark: true, throwOnInvalidBytes: true)),
    ];

    /// <summary>The file's text.</summary>
    /// <exception cref="DatasetFormatException">It is in another encoding, or is not text; the message names the byte.</exception>
    public static string Read(string path) => Decode(path, File.ReadAllBytes(path));

    /// <summary>The text of a file that was read.</summary>
    /// <exception cref="DatasetFormatException">It is in another encoding, or is not text; the message names the byte.</exception>
    public static string Decode(string path, byte[] bytes)
    {
        var (mark, encoding) = Array.Find(Marked, candidate => bytes.AsSpan().StartsWith(candidate.Mark));
        encoding ??= Utf8;
        var start = mark?.Length ?? 0;
        if (encoding == Utf8 && bytes.AsSpan().IndexOf((byte)0) is >= 0 and var zero)
            throw Wrong(path, bytes, zero, "byte 0x00 is not text");
        try
        {
            return encoding.GetString(bytes, start, bytes.Length - start);
        }
        catch (DecoderFallbackException exception)
        {
            if (encoding != Utf8)
                throw new DatasetFormatException(path, line: null, $"the file is not the {encoding.WebName} that its byte-order mark says.", exception);
            var position = start + FirstInvalid(bytes.AsSpan(start));
            throw Wrong(path, bytes, position, FormattableString.Invariant($"byte 0x{bytes[position]:X2} is not UTF-8"));
        }
    }

    /// <summary>The file's lines.</summary>
    /// <exception cref="DatasetFormatException">It is in another encoding, or is not text; the message names the byte.</exception>
    public static IEnumerable<string> ReadLines(string path)
    {
        using var text = new StringReader(Read(path));
        var lines = new List<string>();
        while (text.ReadLine() is { } line)
            lines.Add(line);
        return lines;
    }

    /// <summary>The encoding of UTF-16 or UTF-32 that the first bytes of a file mark; null where they mark none.</summary>
    public static Encoding? WideEncoding(ReadOnlySpan<byte> start)
    {
        foreach (var (mark, encoding) in Marked)
        {
            if (encoding != Utf8 && start.StartsWith(mark))
                return encoding;
        }

        return null;
    }

    private static DatasetFormatException Wrong(string path, byte[] bytes, int position, string problem)
    {
        var line = bytes.AsSpan(0, position).Count((byte)'\n') + 1;
        return new DatasetFormatException(path, line, FormattableString.Invariant($"at byte {position} of the file, {problem}; {Advice}."));
    }

    private static int FirstInvalid(ReadOnlySpan<byte> bytes)
    {
        var position = 0;
        while (Rune.DecodeFromUtf8(bytes[position..], out _, out var length) == OperationStatus.Done)
            position += length;
        return position;
    }
}
