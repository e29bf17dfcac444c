using System.Buffers.Binary;
using System.Text.Json;
using static TorchSharp.torch;

namespace ML.Yolo.Weights;

/// <summary>The JSON header of a safetensors stream, checked whole before a byte of data is read or a tensor allocated.</summary>
/// <remarks>Layout: header length (uint64, little endian), header (UTF-8 JSON), data. Tensors must lie back to back, in the order of their offsets.</remarks>
internal sealed class SafetensorsHeader
{
    private const int LengthBytes = sizeof(ulong);

    // A detector's header is a hundredth of that; parsed, a header takes several times its length in memory.
    public const long MaxHeaderLength = 4 << 20;
    private const int MaxTensors = 20_000;
    private const int MaxDimensions = 16;
    private const string MetadataKey = "__metadata__";

    private SafetensorsHeader(IReadOnlyList<Entry> entries, IReadOnlyDictionary<string, string> metadata) => (Entries, Metadata) = (entries, metadata);

    /// <summary>The tensors in the order of their data.</summary>
    public IReadOnlyList<Entry> Entries { get; }

    /// <summary>Free text by key.</summary>
    public IReadOnlyDictionary<string, string> Metadata { get; }

    /// <summary>Reads and checks the header; the stream then stands at the first byte of data.</summary>
    /// <param name="stream">The stream, at its start.</param>
    /// <param name="length">Bytes of the whole, header and data.</param>
    /// <param name="source">Name for messages.</param>
    /// <exception cref="WeightsFormatException">The header is damaged or does not fit the length.</exception>
    public static SafetensorsHeader Read(Stream stream, long length, string source)
    {
        if (length < LengthBytes)
            throw new WeightsFormatException($"'{source}' is {length} bytes long; safetensors start with a header length of {LengthBytes} bytes.");
        Span<byte> prefix = stackalloc byte[LengthBytes];
        stream.ReadExactly(prefix);
        var headerLength = BinaryPrimitives.ReadUInt64LittleEndian(prefix);
        if (headerLength > (ulong)Math.Min(length - LengthBytes, MaxHeaderLength))
        {
            throw new WeightsFormatException(
                $"'{source}' claims a header of {headerLength} bytes; it is {length} bytes long, and a header has at most {MaxHeaderLength}.");
        }

        var json = new byte[headerLength];
        stream.ReadExactly(json);
        try
        {
            using var document = JsonDocument.Parse(json);
            return Parse(document.RootElement, length - LengthBytes - (long)headerLength, source);
        }
        catch (Exception exception) when (exception is JsonException or InvalidOperationException or KeyNotFoundException)
        {
            throw new WeightsFormatException($"'{source}' has a damaged safetensors header: {exception.Message}", exception);
        }
    }

    private static SafetensorsHeader Parse(JsonElement root, long dataLength, string source)
    {
        var metadata = new Dictionary<string, string>();
        var entries = new List<Entry>();
        foreach (var property in root.EnumerateObject())
        {
            if (entries.Count >= MaxTensors)
                throw new WeightsFormatException($"'{source}' holds more than {MaxTensors} tensors: too many for a detector.");
            if (property.Name != MetadataKey)
                entries.Add(ParseEntry(property, source));
            else
                foreach (var pair in property.Value.EnumerateObject())
                    metadata[pair.Name] = pair.Value.GetString() ?? "";
        }

        entries.Sort((a, b) => a.Begin != b.Begin ? a.Begin.CompareTo(b.Begin) : a.End.CompareTo(b.End));
        var expected = 0L;
        foreach (var entry in entries)
        {
            if (entry.Begin != expected)
                throw new WeightsFormatException($"'{source}': data of '{entry.Name}' begins at byte {entry.Begin}; byte {expected} was expected.");
            expected = entry.End;
        }

        if (expected != dataLength)
            throw new WeightsFormatException($"'{source}' holds {dataLength} bytes of data; its header describes {expected}.");
        return new SafetensorsHeader(entries, metadata);
    }

    private static Entry ParseEntry(JsonProperty property, string source)
    {
        var typeName = property.Value.GetProperty("dtype").GetString() ?? "";
        if (!SafetensorsTypes.TryParse(typeName, out var type, out var elementSize))
            throw new WeightsFormatException($"'{source}': '{property.Name}' has type '{typeName}'; known are {SafetensorsTypes.Known}.");
        var shape = Numbers("shape", MaxDimensions);
        var offsets = Numbers("data_offsets", 2);
        if (offsets.Length != 2 || offsets[1] < offsets[0])
            throw new WeightsFormatException($"'{source}': '{property.Name}' has data_offsets [{string.Join(", ", offsets)}]; begin and end were expected.");
        if (offsets[1] - offsets[0] > int.MaxValue)
            throw new WeightsFormatException($"'{source}': '{property.Name}' takes {offsets[1] - offsets[0]} bytes; at most {int.MaxValue} can be read.");

        // Sizes of an empty tensor are bounded too: LibTorch multiplies them.
        var bytes = shape.Aggregate((UInt128)(ulong)elementSize, (product, size) => product > ulong.MaxValue ? product : product * (ulong)Math.Max(size, 1));
        var isEmpty = shape.Contains(0) && bytes <= int.MaxValue;
        if ((isEmpty ? 0 : bytes) != (ulong)(offsets[1] - offsets[0]))
        {
            throw new WeightsFormatException($"'{source}': '{property.Name}' of type {typeName} and shape ({string.Join(", ", shape)}) "
                + $"takes {(isEmpty ? 0 : bytes)} bytes; its offsets span {offsets[1] - offsets[0]}.");
        }

        return new Entry(property.Name, type, shape, offsets[0], offsets[1]);

        long[] Numbers(string name, int max) => property.Value.GetProperty(name) is var list && list.GetArrayLength() <= max
            ? [.. list.EnumerateArray().Select(Number)]
            : throw new WeightsFormatException($"'{source}': '{property.Name}' has {list.GetArrayLength()} numbers in '{name}'; at most {max} were expected.");

        long Number(JsonElement element) => element.TryGetInt64(out var number) && number >= 0
            ? number
            : throw new WeightsFormatException($"'{source}': '{property.Name}' has a size or offset of {element}; a whole number of at least 0 was expected.");
    }

    /// <summary>One tensor: its bytes are [Begin, End) of the data.</summary>
    public readonly record struct Entry(string Name, ScalarType Type, long[] Shape, long Begin, long End);
}
