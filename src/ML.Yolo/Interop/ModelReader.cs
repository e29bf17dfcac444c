using Microsoft.ML;

namespace ML.Yolo.Interop;

/// <summary>One component in a model zip that is being loaded.</summary>
internal sealed class ModelReader(ModelLoadContext context)
{
    /// <exception cref="FormatException">The component is not what the header says, or was saved by a later version of the library.</exception>
    public void Check(ComponentHeader header) => header.Check(context);

    /// <summary>Reads a stream whole; false where the zip has none of that name.</summary>
    public bool TryRead(string name, Action<Stream> read) => context.TryLoadBinaryStream(name, reader => read(reader.BaseStream));
}
