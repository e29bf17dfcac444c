using Microsoft.ML;

namespace ML.Yolo.Interop;

/// <summary>The streams of one component in an ML.NET model zip, which ML.NET lets only its own components write and read.</summary>
internal static class ModelStreams
{
    public static void Write(this ModelSaveContext context, string name, Action<Stream> write)
        => context.SaveBinaryStream(name, writer => write(writer.BaseStream));

    /// <summary>Reads a stream whole; false where the zip has none of that name.</summary>
    public static bool TryRead(this ModelLoadContext context, string name, Action<Stream> read)
        => context.TryLoadBinaryStream(name, reader => read(reader.BaseStream));
}
