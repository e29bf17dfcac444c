using System.Buffers;
using System.Buffers.Binary;
using System.Text.Json;
using ML.Yolo.Files;
using ML.Yolo.Weights;
using static TorchSharp.torch;

namespace ML.Yolo;

/// <summary>Reads and writes tensors by name in the safetensors format, which holds data alone: nothing in it is ever executed.</summary>
public static class Safetensors
{
    private const int Alignment = 8;

    /// <summary>Reads every tensor of a file onto the CPU.</summary>
    /// <param name="path">A .safetensors file.</param>
    /// <returns>Tensors by name, in the order of the file; the caller disposes them.</returns>
    /// <exception cref="WeightsFormatException">The file is damaged, truncated or not safetensors.</exception>
    /// <exception cref="IOException">The file cannot be read.</exception>
    public static IReadOnlyDictionary<string, Tensor> Load(string path)
    {
        using var stream = File.OpenRead(path);
        return Read(stream, stream.Length, path);
    }

    /// <summary>Writes tensors of any device to a file, whole or not at all.</summary>
    /// <param name="path">The file to make or replace.</param>
    /// <param name="tensors">Tensors by name.</param>
    /// <param name="metadata">Free text by key, kept in the header.</param>
    /// <exception cref="NotSupportedException">A tensor has a type the format does not know, or names and metadata take more than 4 MB.</exception>
    /// <exception cref="IOException">The file cannot be written; the message names it, and an existing file is left as it was.</exception>
    public static void Save(string path, IReadOnlyDictionary<string, Tensor> tensors, IReadOnlyDictionary<string, string>? metadata = null)
        => AtomicFile.Write(path, stream => Write(stream, tensors, metadata));

    /// <summary>What a file says about its network beside the tensors.</summary>
    /// <exception cref="WeightsFormatException">The file is damaged, truncated or not safetensors.</exception>
    internal static WeightsDescription Describe(string path)
    {
        using var stream = File.OpenRead(path);
        return WeightsDescription.OfMetadata(SafetensorsHeader.Read(stream, stream.Length, path).Metadata);
    }

    internal static IReadOnlyDictionary<string, Tensor> Read(Stream stream, long length, string source)
    {
        var tensors = new Dictionary<string, Tensor>();
        try
        {
            var header = SafetensorsHeader.Read(stream, length, source);
            foreach (var entry in header.Entries)
            {
                if (tensors.ContainsKey(entry.Name))
                    throw new WeightsFormatException($"'{source}' holds '{entry.Name}' twice.");
                var tensor = tensors[entry.Name] = empty(entry.Shape, entry.Type);
                if (entry.End > entry.Begin)
                    stream.ReadExactly(tensor.bytes);
            }

            return tensors;
        }
        catch (Exception exception)
        {
            foreach (var tensor in tensors.Values)
                tensor.Dispose();
            if (exception is EndOfStreamException)
                throw new WeightsFormatException($"'{source}' ends before its data does: it is truncated.", exception);
            throw;
        }
    }

    internal static void Write(Stream stream, IReadOnlyDictionary<string, Tensor> tensors, IReadOnlyDictionary<string, string>? metadata = null)
    {
        var header = Header(tensors, metadata);
        var padding = (Alignment - (header.Length % Alignment)) % Alignment;
        if (header.Length + padding > SafetensorsHeader.MaxHeaderLength)
            throw new NotSupportedException($"The header takes {header.Length} bytes; at most {SafetensorsHeader.MaxHeaderLength} can be read again.");
        Span<byte> length = stackalloc byte[sizeof(ulong)];
        BinaryPrimitives.WriteUInt64LittleEndian(length, (ulong)(header.Length + padding));
        stream.Write(length);
        stream.Write(header);
        for (var i = 0; i < padding; i++)
            stream.WriteByte((byte)' ');
        foreach (var tensor in tensors.Values)
        {
            using var scope = NewDisposeScope();
            if (tensor.numel() > 0)
                stream.Write(tensor.detach().cpu().contiguous().bytes);
        }
    }

    private static ReadOnlySpan<byte> Header(IReadOnlyDictionary<string, Tensor> tensors, IReadOnlyDictionary<string, string>? metadata)
    {
        var buffer = new ArrayBufferWriter<byte>();
        using var json = new Utf8JsonWriter(buffer);
        json.WriteStartObject();
        if (metadata is not null)
        {
            json.WritePropertyName("__metadata__");
            JsonSerializer.Serialize(json, metadata);
        }

        var offset = 0L;
        foreach (var (name, tensor) in tensors)
        {
            var end = offset + (tensor.numel() * tensor.element_size());
            json.WritePropertyName(name);
            JsonSerializer.Serialize(json, new { dtype = SafetensorsTypes.NameOf(tensor.dtype), tensor.shape, data_offsets = new[] { offset, end } });
            offset = end;
        }

        json.WriteEndObject();
        json.Flush();
        return buffer.WrittenSpan;
    }
}
