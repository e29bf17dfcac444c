using Microsoft.ML;

namespace ML.Yolo.Interop;

/// <summary>The streams of one component in an ML.NET model zip, which ML.NET lets only its own components write.</summary>
internal static class ModelStreams
{
    public static void Write(this ModelSaveContext context, string name, Action<Stream> write)
        => context.SaveBinaryStream(name, writer => write(writer.BaseStream));
}
